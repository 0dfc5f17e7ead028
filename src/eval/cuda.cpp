#include "eval/cuda.h"

#include <ATen/Context.h>
#include <dlfcn.h>
#include <torch/cuda.h>
#include <torch/version.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "wrcor/core/error.h"

namespace wrcor {
namespace {

/// A function of the CUDA runtime, which libtorch has loaded: linking it would take a CUDA toolkit.
template <class Function>
Function* runtime_function(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
}

std::string version_text(long version) {
  return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

CudaAnswers ask_for_devices() {
  CudaAnswers answers;
  if (const auto runtime = runtime_function<int(int*)>("cudaRuntimeGetVersion"))
    runtime(&answers.runtime_version);
  if (const auto driver = runtime_function<int(int*)>("cudaDriverGetVersion"))
    driver(&answers.driver_version);
  if (const auto count = runtime_function<int(int*)>("cudaGetDeviceCount")) {
    int devices = 0;
    answers.error = count(&devices);
  }
  if (const auto text = runtime_function<const char*(int)>("cudaGetErrorString"))
    answers.error_text = text(answers.error);
  if (const char* visible = std::getenv("CUDA_VISIBLE_DEVICES")) answers.visible_devices = visible;
  return answers;
}

}  // namespace

std::optional<std::string> cuda_version() {
  if (!at::Context::hasCUDART()) return std::nullopt;
  return version_text(at::Context::versionCUDART());
}

std::string explain_missing_device(const CudaAnswers& answers) {
  constexpr int success = 0, insufficient_driver = 35, no_device = 100;
  if (answers.driver_version == 0) return "no NVIDIA driver is installed";
  if (answers.error == insufficient_driver) {
    return "the NVIDIA driver serves CUDA up to " + version_text(answers.driver_version) +
           ", libtorch needs " + version_text(answers.runtime_version) +
           ": update the driver, or take a libtorch for an older CUDA";
  }
  if (answers.error == no_device || answers.error == success) {
    if (answers.visible_devices) {
      return "the NVIDIA driver shows no device (CUDA_VISIBLE_DEVICES is '" +
             *answers.visible_devices + "')";
    }
    return "the NVIDIA driver finds no device";
  }
  return "the CUDA runtime reports: " + answers.error_text;
}

std::optional<std::string> cuda_obstacle() {
  if (!cuda_version()) return "libtorch was built without CUDA";
  // libtorch's own query would print a warning of several lines about a missing or outdated driver.
  const CudaAnswers answers = ask_for_devices();
  const bool runtime_is_loaded = answers.runtime_version != 0;
  if (runtime_is_loaded && (answers.driver_version == 0 || answers.error != 0))
    return explain_missing_device(answers);
  if (torch::cuda::is_available()) return std::nullopt;
  return runtime_is_loaded ? explain_missing_device(answers) : "libtorch finds no device";
}

CudaParts cuda_parts(int device) {
  const CudaAnswers answers = ask_for_devices();
  CudaParts parts;
  parts.runtime_version = answers.runtime_version;
  parts.driver_version = answers.driver_version;
  if (const auto cudnn = runtime_function<std::size_t()>("cudnnGetVersion"))
    parts.cudnn = static_cast<std::int64_t>(cudnn());
  // cudaDeviceProp, of whatever version: it begins with the name, and is far smaller.
  constexpr std::size_t name_size = 256, room = 16384;
  alignas(std::max_align_t) std::array<char, room> properties{};
  auto query = runtime_function<int(void*, int)>("cudaGetDeviceProperties_v2");
  if (query == nullptr) query = runtime_function<int(void*, int)>("cudaGetDeviceProperties");
  if (query == nullptr || query(properties.data(), device) != 0)
    throw RunError("CUDA does not tell the model of device " + std::to_string(device));
  parts.model.assign(properties.data(), strnlen(properties.data(), name_size));
  return parts;
}

std::string describe_software(const CudaParts& parts) {
  std::string text = "CUDA " + version_text(parts.runtime_version) + ", driver for CUDA " +
                     version_text(parts.driver_version);
  if (parts.cudnn != 0) text += ", cuDNN " + std::to_string(parts.cudnn);
  return text;
}

void allow_tf32(bool allowed) {
  at::Context& context = at::globalContext();
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 10)
  using at::Float32Op;
  const auto precision = allowed ? at::Float32Precision::TF32 : at::Float32Precision::IEEE;
  for (const Float32Op operation : {Float32Op::CONV, Float32Op::RNN, Float32Op::MATMUL})
    context.setFloat32Precision(at::Float32Backend::CUDA, operation, precision);
#elif TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR == 9
  for (const char* operation : {"conv", "rnn", "matmul"})
    context.setFloat32Precision("cuda", operation, allowed ? "tf32" : "ieee");
#else
  context.setAllowTF32CuDNN(allowed);
  context.setAllowTF32CuBLAS(allowed);
#endif
}

}  // namespace wrcor
