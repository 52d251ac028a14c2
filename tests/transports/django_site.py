"""A Django project in one module; the fixture ``application`` has its settings."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import include, path, re_path
from django.views.decorators.csrf import csrf_exempt


@csrf_exempt
def hook(request):
    return HttpResponse(f"{request.method} {request.scheme} {request.get_host()}".encode())


@csrf_exempt
def crash(request, number):
    raise KeyError("payload")


urlpatterns = [
    path("hook/", hook),
    path("v1/", include([path("crash/<int:number>", crash)])),
    re_path(r"^old/$", hook),
]
