@echo off
explorer.exe "%~dp0ketnap.exe"
