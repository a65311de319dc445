"""The addresses of the board."""

from django.urls import path

from board import views

urlpatterns = [
    path("", views.NoticeList.as_view(), name="notices"),
    path("in/<slug:slug>/", views.NoticeList.as_view(), name="category"),
    path("notices/new/", views.AddNotice.as_view(), name="add"),
    path("notices/<int:pk>/", views.notice, name="notice"),
    path("notices/<int:pk>/remove/", views.remove, name="remove"),
    path("sign-up/", views.sign_up, name="sign-up"),
]
