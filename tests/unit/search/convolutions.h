#pragma once

#include <algorithm>

#include "wrcor/space/nas_bench_201.h"

namespace wrcor::test {

/// Number of 3x3 convolutions: a fitness with a known optimum.
inline double convolutions(const Genotype& genotype) {
  return static_cast<double>(
      std::count(genotype.begin(), genotype.end(), NasBench201::nor_conv_3x3));
}

}  // namespace wrcor::test
