#!/bin/sh
cd "$(dirname "$0")" || exit
[ -t 1 ] && exec ./ketnap
for window in x-terminal-emulator konsole xfce4-terminal gnome-terminal xterm; do # opened from the desktop there is none yet
  command -v $window >/dev/null && exec $window -e sh -c './ketnap; printf "\nBấm Enter để đóng cửa sổ."; read -r _'
done
