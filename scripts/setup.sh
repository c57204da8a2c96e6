#!/bin/sh
# Sets up everything on a fresh Debian or Ubuntu machine: system libraries, the Python
# environment, the package and its models. Doing it again costs little.
# usage: scripts/setup.sh [dev]
set -eu
cd "$(dirname "$0")/.."

PYTHON=${PYTHON:-python3}
VENV=.venv
EXTRA=${1:-}

missing_packages() {
    for pair in libEGL.so.1:libegl1 libGLESv2.so.2:libgles2 libGL.so.1:libgl1 \
        libglib-2.0.so.0:libglib2.0-0; do
        ldconfig -p 2>/dev/null | grep -q "${pair%%:*}" || printf '%s ' "${pair##*:}"
    done
    # The software rasterizer is a driver that is opened at run time.
    find /usr/lib /usr/lib64 -name 'swrast_dri.so' -o -name 'libgallium*.so' 2>/dev/null |
        grep -q . || printf 'libgl1-mesa-dri '
    "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null || printf 'python3-venv '
}

install_packages() {
    if [ "$(id -u)" = 0 ]; then
        SUDO=
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        SUDO=sudo
    else
        echo "Missing system packages: ask an administrator to run: apt-get install -y $*" >&2
        echo "缺少系统软件包：请管理员运行 apt-get install -y $*" >&2
        exit 4
    fi
    echo "Installing system packages: $*"
    $SUDO env DEBIAN_FRONTEND=noninteractive apt-get update -qq
    # shellcheck disable=SC2086
    $SUDO env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $* >/dev/null
}

"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11" >&2
    exit 4
}
NEEDED=$(missing_packages)
# shellcheck disable=SC2086
[ -z "$NEEDED" ] || install_packages $NEEDED

[ -x "$VENV/bin/python" ] || "$PYTHON" -m venv "$VENV"
STAMP="$VENV/.installed${EXTRA:+-$EXTRA}"
if [ ! -f "$STAMP" ] || [ pyproject.toml -nt "$STAMP" ] || [ constraints.txt -nt "$STAMP" ]; then
    echo "Installing Python packages (a minute or two) ..."
    "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check \
        -c constraints.txt -e ".${EXTRA:+[$EXTRA]}"
    touch "$STAMP"
fi
"$VENV/bin/cyberdirector" models pull
"$VENV/bin/python" scripts/bake_template.py
