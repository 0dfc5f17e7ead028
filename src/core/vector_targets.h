#pragma once

// Files of vector code include this before <hwy/foreach_target.h>, which compiles them once for
// each instruction set; at run time the program selects the best one of the processor. SSSE3 and
// the successors of the first AVX-512 (the numbers below HWY_AVX3) bring no gain over similar sets;
// the scalable sets do not support arrays of vectors.
#define HWY_DISABLED_TARGETS \
  (HWY_SSSE3 | (HWY_AVX3 - 1) | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
