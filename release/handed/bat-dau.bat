@echo off
pushd "%~dp0"
start "" ketnap.exe
