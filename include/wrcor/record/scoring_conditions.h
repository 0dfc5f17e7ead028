#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace wrcor {

/// What computes scores, besides the program: it decides their last digits. The kernels follow from
/// the processor unless the environment says otherwise (ATEN_CPU_CAPABILITY, OPENBLAS_CORETYPE).
struct Platform {
  std::string libtorch;   ///< its version
  std::string processor;  ///< its model; on CUDA the device's
  std::string blas;       ///< a file, or the name of what libtorch holds
  std::string kernels;    ///< vector code of libtorch and of the BLAS; on CUDA versions of software

  /// The file name of the BLAS, which includes its version. Its folder makes no difference.
  std::string blas_file() const;
};

/// Such as "Linux x86_64".
std::string machine_name();

/// What scores depend on, besides the settings, the architecture and the proxy.
struct ScoringConditions {
  /// {"dataset", "classes", "size", "height", "width", "sha256"} of the minibatch; sides in pixels
  nlohmann::ordered_json batch;
  std::string device_kind;     ///< "cpu" or "cuda": scores of different kinds are not mixed
  int networks_per_batch = 1;  ///< that a worker evaluates together
  Platform platform;
};

/// The first members of a document of a search: {"schema_version", "tool": {"name", "version"},
/// "scoring_revision", "libtorch", "device"}.
nlohmann::ordered_json program_json(int schema_version, const ScoringConditions& conditions);

}  // namespace wrcor
