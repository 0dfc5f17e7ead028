#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace wrcor {

/// The CUDA version that libtorch was built for, such as "13.2"; nothing if it was built without
/// CUDA.
std::optional<std::string> cuda_version();

/// Why no CUDA device can be used, e.g. "no NVIDIA driver is installed"; nothing if one can.
std::optional<std::string> cuda_obstacle();

/// The answers of the CUDA runtime and the driver to a query for devices. Versions use CUDA's
/// numbering: 12040 is 12.4.
struct CudaAnswers {
  int runtime_version = 0;
  int driver_version = 0;  // 0: no driver
  int error = 0;           // of cudaGetDeviceCount
  std::string error_text;
  std::optional<std::string> visible_devices;  // CUDA_VISIBLE_DEVICES
};

/// The reason why a machine has no usable device, from those answers.
std::string explain_missing_device(const CudaAnswers& answers);

/// The parts of a CUDA device and of the software that computes on it that decide the last digits
/// of scores.
struct CudaParts {
  std::string model;        ///< such as "NVIDIA H200"
  int runtime_version = 0;  ///< in CUDA's numbering
  int driver_version = 0;   ///< in CUDA's numbering
  std::int64_t cudnn = 0;   ///< such as 91002; 0: it is not there
};

/// @param device  its number. @throws RunError when CUDA does not tell
CudaParts cuda_parts(int device);

/// Such as "CUDA 13.0, driver for CUDA 13.1, cuDNN 91002".
std::string describe_software(const CudaParts& parts);

/// Whether CUDA may round the factors of float32 convolutions and matrix products to 10 bits
/// (TF32). The only place that handles the different interfaces of versions of libtorch.
void allow_tf32(bool allowed);

}  // namespace wrcor
