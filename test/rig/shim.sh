#!/bin/sh
# Stands in for the desktop program that @vscode/test-electron would start.
cd "$(dirname "$0")/../.." && exec node --import tsx test/rig/shim.ts "$@"
