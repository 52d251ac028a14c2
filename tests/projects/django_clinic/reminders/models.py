from django.db import models


class Patient(models.Model):
    phone = models.CharField(max_length=20, unique=True)
    opted_out = models.BooleanField(default=False)


class Reply(models.Model):
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE)
    event = models.CharField(max_length=64, unique=True)
    text = models.TextField()
