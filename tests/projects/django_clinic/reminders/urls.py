from django.urls import path

from reminders.views import TelnyxHook

urlpatterns = [path("sms/", TelnyxHook.as_view())]
