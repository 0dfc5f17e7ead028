#!/usr/bin/env bash
# scripts/docs accepts a correct page, finds each kind of error, and repairs what it can.

# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/../cli/lib.sh"

command -v python3 >/dev/null || skip 'no python3'
docs() { PYTHONDONTWRITEBYTECODE=1 WRCOR=$wrcor_program python3 "$source_dir/scripts/docs" "$@"; }

# page LINE...: a page of these lines; ''' stands for a fence.
page() { printf '%s\n' "$@" | sed "s/'''/\`\`\`/" >page.md; }

# One shell, one folder, both streams, exit codes, numbers of another processor.
page '# Page' "'''console" '$ cat > file <<END' '> one' '> two' '> END' '$ cd .; sort -r file' 'two' 'one' \
  '$ wrcor lisst' "error: unknown command 'lisst' (did you mean 'list'?); see 'wrcor --help'" '$ echo $?' '2' \
  '$ echo 1.00012  a; echo "info: 7 s"' '1.00009 a' "'''"
expect_exit 0 docs page.md

# Errors.
page "'''console" '$ echo one' 'two' "'''"
expect_exit 1 docs page.md
expect_contains "$stderr" "page.md:2: 'echo one' printed"$'\none\n--- but the page shows\ntwo'
page "'''console" '$ echo 1.02' '1.01' "'''"
expect_exit 1 docs page.md
page "'''console" '$ false' "'''"
expect_exit 1 docs page.md
expect_contains "$stderr" "'false' exited 1"
page '[there](other.md)' '[here](#nothing)' '[here](#a-heading)' '# A heading'
expect_exit 1 docs page.md
expect_equal "$(grep -c . <<<"$stderr")" 2
expect_contains "$stderr" "'other.md' leads nowhere"
expect_contains "$stderr" "no heading 'nothing'"

# Exceptions.
page '<!-- output varies -->' "'''console" '$ date' 'yesterday' "'''" '<!-- not run: why -->' "'''console" '$ false' "'''" \
  '<!-- run with no/such/file: why -->' "'''console" '$ false' "'''" '<!-- before: touch made -->' "'''console" '$ ls' 'made' "'''"
expect_exit 0 docs page.md
page '<!-- output varies -->' "'''console" '$ false' "'''"
expect_exit 1 docs page.md

# --update repairs outputs and options; the text around them is unchanged.
page 'before' "'''console" '$ echo one' 'two' "'''" 'after' '<!-- options of: wrcor list -->' '<!-- end of options -->'
expect_exit 1 docs page.md
expect_contains "$stderr" 'the options are not those of the help'
expect_exit 0 docs --update page.md
expect_exit 0 docs page.md
# shellcheck disable=SC2016  # Markdown
expect_equal "$(sed -n 1,6p page.md | tr '\n' ' ')" 'before ```console $ echo one one ``` after '
# shellcheck disable=SC2016  # Markdown
expect_contains "$(cat page.md)" '- `--format NAME`: form of the output (default table; table\|json)'
