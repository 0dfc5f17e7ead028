#pragma once

// What files of vector code include before <hwy/foreach_target.h>, which compiles them once for
// each instruction set; the program takes the best that the processor has when it runs. SSSE3 and
// what has come after the first AVX-512 (the numbers below HWY_AVX3) bring nothing over their
// neighbours; the scalable sets have no arrays of vectors.
#define HWY_DISABLED_TARGETS \
  (HWY_SSSE3 | (HWY_AVX3 - 1) | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
