#!/usr/bin/env bash
# The completion scripts, each in its shell: bash always, zsh and fish where they are installed.

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

refuse 2 "expected one of bash, zsh, fish, got 'tcsh'" wrcor completion tcsh
for shell in bash zsh fish; do
  expect_exit 0 wrcor completion "$shell"
  expect_equal "$stderr" ''
  cp "$stdout_file" "script.$shell"
done
mkdir -p runs/first
touch runs.yaml

# --- bash
bash -n script.bash

# bash_words WORD...: the proposals for the last word, one per line.
bash_words() {
  bash --norc -c '. ./script.bash
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
compopt() { :; }
"$(complete -p wrcor | sed -E "s/.*-F ([^ ]+) .*/\1/")"
printf "%s\n" "${COMPREPLY[@]}"' bash wrcor "$@"
}

expect_equal "$(bash_words sea)" search
expect_exit 0 wrcor --help
commands=$(sed -nE '/^Subcommands:/,/^$/ s/^  ([a-z]+) .*/\1/p' <<<"$stdout")
expect_equal "$(bash_words '')" "$commands"
# Every option, as the help lists them.
for command in search evaluate list 'data fetch'; do
  # shellcheck disable=SC2086  # two words
  expect_exit 0 wrcor $command --help
  # shellcheck disable=SC2086
  expect_equal "$(bash_words $command - | sort)" "$(sed -nE 's/^  (-[^ ]+).*/\1/p' <<<"$stdout" | tr , '\n' | sort)"
done
expect_equal "$(bash_words data '')" $'fetch\ninfo'
expect_equal "$(bash_words data fetch ci)" $'cifar10\ncifar100'
expect_equal "$(bash_words search --strategy e)" $'evolution\nexhaustive'
expect_equal "$(bash_words search --strategy = e)" $'evolution\nexhaustive'
expect_equal "$(bash_words search --strategy =)" $'random\nevolution\nlocal\nreinforce\nnsga2\nexhaustive'
expect_equal "$(bash_words search --proxy wrcor,az_t)" wrcor,az_trainability
expect_equal "$(bash_words search --config r | sort)" $'runs\nruns.yaml'
expect_equal "$(bash_words search --out r)" runs
expect_equal "$(bash_words search --budget '')" ''
expect_equal "$(bash_words search --quiet --seed 1 --resu)" --resume
expect_equal "$(bash_words list st)" strategies

# --- zsh: in a terminal, where Tab completes a word with a single continuation
if command -v zsh >/dev/null; then
  zsh -n script.zsh
  mkdir functions
  cp script.zsh functions/_wrcor
  cat >.zshrc <<'ZSH'
fpath=($PWD/functions $fpath)
autoload -U compinit && compinit -u -D
wrcor() { print -r -- "$*" >completed; exit }
PROMPT='ready'
ZSH
  cat >complete.zsh <<'ZSH'
zmodload zsh/zpty
zpty shell "ZDOTDIR=$PWD TERM=dumb zsh -i"
zpty -r shell text '*ready*'
zpty -w -n shell "wrcor $1"$'\t\n'
while zpty -r shell text; do :; done
ZSH
  # zsh_line TEXT: the result of Tab on a line that starts with 'wrcor TEXT'.
  zsh_line() {
    rm -f completed
    timeout 60 zsh -f complete.zsh "$1" >/dev/null
    cat completed
  }
  expect_equal "$(zsh_line sea)" search
  expect_equal "$(zsh_line 'search --strat')" 'search --strategy'
  expect_equal "$(zsh_line 'search --strategy ev')" 'search --strategy evolution'
  expect_equal "$(zsh_line 'search --proxy wrcor,az_t')" 'search --proxy wrcor,az_trainability'
  expect_equal "$(zsh_line 'config sch')" 'config schema'
  expect_equal "$(zsh_line 'list strat')" 'list strategies'
else
  echo 'zsh is not installed: its script is not tried' >&2
fi

# --- fish
if command -v fish >/dev/null; then
  fish --no-execute script.fish
  # shellcheck disable=SC2016  # for fish
  fish_words() { fish --no-config -c 'source script.fish; complete -C "$argv[1]"' -- "$1" | cut -f1; }
  export HOME=$PWD
  expect_equal "$(fish_words 'wrcor sea')" search
  expect_equal "$(fish_words 'wrcor ' | sort)" "$(sort <<<"$commands")"
  expect_equal "$(fish_words 'wrcor data ')" $'fetch\ninfo'
  expect_equal "$(fish_words 'wrcor data fetch cifar1')" $'cifar10\ncifar100'
  expect_equal "$(fish_words 'wrcor search --strategy e')" $'evolution\nexhaustive'
  expect_equal "$(fish_words 'wrcor search --resu')" --resume
  expect_equal "$(fish_words 'wrcor search --proxy wrcor,az_tr')" wrcor,az_trainability
  expect_equal "$(fish_words 'wrcor search --out r')" runs/
  expect_equal "$(fish_words 'wrcor list strat')" strategies
else
  echo 'fish is not installed: its script is not tried' >&2
fi
