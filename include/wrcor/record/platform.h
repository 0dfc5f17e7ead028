#pragma once

#include <string>

namespace wrcor {

/// What computes scores, besides the program: it decides their last digits. The kernels follow from
/// the processor unless the environment says otherwise (ATEN_CPU_CAPABILITY, OPENBLAS_CORETYPE).
struct Platform {
  std::string libtorch;   ///< its version
  std::string processor;  ///< its model
  std::string blas;       ///< a file, or the name of what libtorch holds
  std::string kernels;    ///< vector code of libtorch and of the BLAS

  /// A BLAS by its file, which has its version: where that lies makes no difference.
  std::string blas_file() const;
};

/// Such as "Linux x86_64".
std::string machine_name();

}  // namespace wrcor
