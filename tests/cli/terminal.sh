#!/usr/bin/env bash
# What depends on a terminal: its width, and what it can draw.

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

python=$(python_with pty fcntl)
[ -n "$python" ] || skip 'no Python 3 to make a terminal'
cat >terminal.py <<'END'
import fcntl, os, pty, struct, sys, termios

columns, command = int(sys.argv[1]), sys.argv[2:]
ready, start = os.pipe()
child, terminal = pty.fork()
if child == 0:
    os.read(ready, 1)
    os.execvp(command[0], command)
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
os.write(start, b".")
try:
    while text := os.read(terminal, 65536):
        sys.stdout.buffer.write(text.replace(b"\r\n", b"\n"))
except OSError:  # the program has ended
    pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
END

# on COLUMNS TERM ARGS...: the program in a terminal.
on() { TERM=$2 "$python" terminal.py "$1" "$wrcor_program" "${@:3}"; }
longest_line() { awk '{ if (length($0) > longest) longest = length($0) } END { print longest }'; }

# --- help is as wide as the terminal, and as its texts elsewhere
expect_exit 0 wrcor doctor --help
[ "$(longest_line <"$stdout_file")" -gt 100 ] || fail 'help is wrapped in a file'
for columns in 80 100; do
  on $columns xterm doctor --help >help
  [ "$(longest_line <help)" -le $columns ] || fail "help is wider than $columns columns"
done

# --- the bar is erased and drawn again where a terminal can do that
search=(search "${small[@]}" --proxy wrcor --strategy random --budget 4)
on 60 xterm "${search[@]}" --out drawn >drawn.txt
expect_contains "$(<drawn.txt)" $'\e[2K'
on 60 dumb "${search[@]}" --out dumb >dumb.txt
expect_lacks "$(<dumb.txt)" $'\e'
expect_lacks "$(<dumb.txt)" $'\r'
expect_matches "$(<dumb.txt)" 'info: 4 proposals, 4 architectures: 4 ok'
