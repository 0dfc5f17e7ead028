#!/usr/bin/env bash
# scripts/check-layers accepts a clean tree and finds each kind of violation.
# shellcheck source=tests/cli/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/../cli/lib.sh"

# add FILE LINE...: a file of the made-up tree.
add() {
  mkdir -p "tree/$(dirname -- "$1")"
  printf '%s\n' "${@:2}" >"tree/$1"
}

fresh_tree() {
  rm -rf tree
  add include/wrcor/core/error.h '#include <string>'
  add include/wrcor/space/genotype.h '#include "wrcor/core/error.h"'
  add include/wrcor/proxy/proxy.h '#include <ATen/ATen.h>' '#include "wrcor/space/search_space.h"'
  add src/proxy/observer.h '#include "wrcor/proxy/proxy.h"'
  add src/proxy/internal/factories.h '#include "wrcor/proxy/proxy.h"'
  add src/proxy/plain.cpp '#include "internal/factories.h"' '// #include "wrcor/cli/app.h" is only a comment'
  add src/eval/evaluator.cpp '#include "proxy/observer.h"'
  add include/wrcor/search/strategy.h '#include "wrcor/space/search_space.h"'
  add src/cli/main.cpp '#include <CLI/CLI.hpp>' '#include "wrcor/search/strategy.h"'
}

check() { "$source_dir/scripts/check-layers" "$PWD/tree"; }

fresh_tree
expect_exit 0 check
expect_equal "$stdout" ''

# A folder that includes a later one.
add src/space/genotype.cpp '' '#include "wrcor/search/strategy.h"'
expect_exit 1 check
expect_equal "$stdout" 'src/space/genotype.cpp:2: space includes wrcor/search/strategy.h, but search stands below space'

# The same by way of a header beside the sources, and by a relative path.
fresh_tree
add src/core/hash.cpp '#include "proxy/observer.h"' '#include "../proxy/observer.h"'
expect_exit 1 check
expect_contains "$stdout" 'src/core/hash.cpp:1: core includes proxy/observer.h, but proxy stands below core'
expect_contains "$stdout" 'src/core/hash.cpp:2: core includes ../proxy/observer.h, but proxy stands below core'

# A private header of another folder, and one that is not public in a public one.
fresh_tree
add src/eval/evaluator.cpp '#include "proxy/internal/factories.h"'
add include/wrcor/eval/evaluator.h '#include "proxy/observer.h"'
expect_exit 1 check
expect_contains "$stdout" 'src/eval/evaluator.cpp:1: eval includes proxy/internal/factories.h, which is private to proxy'
expect_contains "$stdout" 'include/wrcor/eval/evaluator.h:1: a public header includes proxy/observer.h, which is not public'

# libtorch in a folder that must not use it, directly and through another header.
fresh_tree
add src/space/tensor.cpp '#include <torch/torch.h>'
expect_exit 1 check
expect_equal "$stdout" 'src/space/tensor.cpp:1: space does without libtorch, but includes torch/torch.h'
fresh_tree
add src/config/config.cpp '#include "wrcor/proxy/proxy.h"'
expect_exit 1 check
expect_equal "$stdout" 'src/config/config.cpp:1: config does without libtorch, but includes include/wrcor/proxy/proxy.h -> ATen/ATen.h'
fresh_tree
add src/search/random.cpp '#include "wrcor/proxy/proxy.h"'
expect_exit 1 check
expect_equal "$stdout" 'src/search/random.cpp:1: search does without libtorch, but includes include/wrcor/proxy/proxy.h -> ATen/ATen.h'

# CLI11 outside cli, and a folder that is not in the order.
fresh_tree
add src/run/config.cpp '#  include <CLI/App.hpp>'
add src/extra/thing.cpp '#include <vector>'
expect_exit 1 check
expect_contains "$stdout" 'src/run/config.cpp:1: run includes CLI/App.hpp: CLI11 belongs to cli'
expect_contains "$stdout" 'src/extra/thing.cpp: folder "extra" has no place in the order of folders'

# One name for two types, in any folders; a declaration, a nested type and another namespace do not count.
fresh_tree
add include/wrcor/core/view.h 'namespace wrcor {' 'enum class View { all, none };' 'class Later;' '}'
add src/search/later.h 'namespace wrcor {' 'class Later;' 'class Later final' '    : public Sooner {' '  struct View {};' '};' '}'
add src/cli/view.h 'namespace wrcor::cli {' 'struct View {};' '}'
expect_exit 0 check
add src/run/view.h 'namespace wrcor {' 'struct View {' '};' '}'
expect_exit 1 check
expect_equal "$stdout" 'src/run/view.h:2: wrcor::View is defined in include/wrcor/core/view.h:2, too'
