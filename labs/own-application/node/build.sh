#!/bin/sh
# Whatever has to be made before the application can run; here the name of its version.
set -eu
printf '%s\n' "1.0.0, built by $(id -un)" >version.txt
