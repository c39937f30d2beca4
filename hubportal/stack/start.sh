# Finds a Python 3.11 or newer that really runs, and hands over to hubportal/stack/install.py.
# Called by ./run and ./test, in the project's folder.

# Without compiled files beside the sources, which git leaves out, each of many processes compiles them all anew.
unset PYTHONDONTWRITEBYTECODE

# pyenv and asdf compile a Python without its optimizations, which then takes a third more time: the system's first.
calm=
IFS=:
for folder in $PATH; do
    case $folder in *pyenv/* | *asdf/*) ;; *) calm=${calm:+$calm:}$folder ;; esac
done
unset IFS

# Some candidates exist but fail (the shims of version managers), so each is tried by running it.
# First one that can make virtual environments; else any: install.py then says what is missing.
for modules in 'ensurepip, venv, ssl, ctypes' 'sys'; do
    for path in "${calm:-$PATH}" "$PATH"; do
        for name in python3.14 python3.13 python3.12 python3.11 python3; do
            candidate=$(PATH=$path && command -v "$name") || continue
            if "$candidate" -c "import sys, $modules; sys.exit(sys.version_info < (3, 11))" >/dev/null 2>&1; then
                exec "$candidate" -m hubportal.stack.install "$@"
            fi
        done
    done
done
echo 'error: Python 3.11 or newer is needed. On Debian or Ubuntu: sudo apt-get install -y python3 python3-venv' >&2
exit 1
