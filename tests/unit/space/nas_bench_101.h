#pragma once

#include <optional>
#include <string>

#include "space/nb101/nas_bench_101.h"

namespace wrcor::test {

/// The network of the golden scores, and the default one.
inline NasBench101 small_nb101() {
  return NasBench101({.sizes = {.stem_channels = 16, .stacks = 3, .modules = 1}});
}
inline NasBench101 default_nb101() { return NasBench101(NasBench101::Settings{}); }

inline std::string hash_of(const NasBench101& space, const Genotype& genotype) {
  for (const Fact& fact : space.portrait(genotype).facts) {
    if (fact.key == "hash") return fact.value.get<std::string>();
  }
  return "";
}

}  // namespace wrcor::test
