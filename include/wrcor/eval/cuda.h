#pragma once

#include <optional>
#include <string>

namespace wrcor {

/// The CUDA that libtorch was built for, such as "13.2"; nothing where it was built without CUDA.
std::optional<std::string> cuda_version();

/// Why no CUDA device can be used, e.g. "no NVIDIA driver is installed"; nothing where one can.
std::optional<std::string> cuda_obstacle();

/// What the CUDA runtime and the driver answer when they are asked for devices. Versions are
/// counted as CUDA does: 12040 is 12.4.
struct CudaAnswers {
  int runtime_version = 0;
  int driver_version = 0;  // 0: no driver
  int error = 0;           // of cudaGetDeviceCount
  std::string error_text;
  std::optional<std::string> visible_devices;  // CUDA_VISIBLE_DEVICES
};

/// The reason that those answers give for a machine without a usable device.
std::string explain_missing_device(const CudaAnswers& answers);

/// Whether CUDA may round the factors of float32 convolutions and matrix products to 10 bits
/// (TF32). The one place that knows how versions of libtorch are told.
void allow_tf32(bool allowed);

}  // namespace wrcor
