#include "eval/device.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/sum.h>
#include <c10/core/DeviceGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <dlfcn.h>
#include <malloc.h>
#include <spdlog/spdlog.h>
#include <sys/mman.h>
#include <torch/cuda.h>
#include <torch/version.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <regex>

#include "eval/cuda.h"
#include "eval/memory_meter.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

namespace fs = std::filesystem;

int cuda_devices() { return cuda_obstacle() ? 0 : static_cast<int>(torch::cuda::device_count()); }

/// OpenBLAS computes a product in a buffer of this size on x86-64. It requests a new one when all
/// are in use, and if the system refuses, it retries forever.
constexpr std::size_t openblas_buffer = (std::size_t{128} << 20) + 4096;

std::string blas_inside_libtorch() {
  if (at::hasMKL()) {
    const std::string version = at::get_mkl_version();  // "... for Intel(R) 64 architecture ..."
    return version.substr(0, version.find(" for ")) + ", built into libtorch";
  }
  // "..., Build settings: BLAS_INFO=open, ..."
  const std::string build = at::show_config();
  std::smatch name;
  const bool named = std::regex_search(build, name, std::regex("BLAS_INFO=(\\w+)"));
  return "built into libtorch" + (named ? " (" + name.str(1) + ")" : "");
}

bool can_map(std::size_t bytes) {
  void* found = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return found != MAP_FAILED && ::munmap(found, bytes) == 0;
}

}  // namespace

c10::Device resolve_device(const std::string& name) {
  const int available = cuda_devices();
  if (name == "cpu" || (name == "auto" && available == 0)) return c10::Device(c10::kCPU);
  int index = 0;
  if (name.starts_with("cuda:")) index = std::stoi(name.substr(5));
  if (index < available) return c10::Device(c10::kCUDA, static_cast<c10::DeviceIndex>(index));
  const auto obstacle = cuda_obstacle();
  throw UsageError("device '" + name + "' is not usable here" +
                   (obstacle ? " (" + *obstacle + ")" : "") +
                   "; usable: " + join(usable_devices()) + "; choose one of them, or 'auto'");
}

std::vector<std::string> usable_devices() {
  std::vector<std::string> names{"cpu"};
  for (int i = 0; i < cuda_devices(); ++i) names.push_back("cuda:" + std::to_string(i));
  return names;
}

void configure_thread(int intra_op_threads) {
  at::set_num_threads(intra_op_threads);
  using SetThreads = void (*)(int);
  // Present only where the process has loaded OpenBLAS.
  static const auto set_openblas_threads =
      reinterpret_cast<SetThreads>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"));
  if (set_openblas_threads != nullptr) set_openblas_threads(1);
}

void reserve_blas_buffers(int threads) {
  using Take = void* (*)(int);
  using Release = void (*)(void*);
  static const auto take = reinterpret_cast<Take>(dlsym(RTLD_DEFAULT, "blas_memory_alloc"));
  static const auto release = reinterpret_cast<Release>(dlsym(RTLD_DEFAULT, "blas_memory_free"));
  if (take == nullptr || release == nullptr) return;
  constexpr int least_room = 50;  // buffers that every build has room for
  static int reserved = 0;
  std::vector<void*> buffers;
  const int wanted = std::min(threads, least_room);
  const auto is_there = [&] {
    const int found = static_cast<int>(buffers.size());
    return found < reserved || can_map(openblas_buffer);
  };
  while (static_cast<int>(buffers.size()) < wanted && is_there()) buffers.push_back(take(0));
  for (void* buffer : buffers) release(buffer);
  const int taken = static_cast<int>(buffers.size());
  reserved = std::max(reserved, taken);
  if (taken < wanted) {
    throw RunError("too little memory for matrix products: " + std::to_string(wanted) +
                   " threads need 128 MiB each, the system gives " + std::to_string(taken) +
                   "; lower --workers or --threads, or raise the limit (ulimit -v)");
  }
}

void configure_process() {
  // glibc returns buffers of this size to the system at once, and every new one costs a page fault
  // per 4 KiB: three quarters of the time of a small convolution.
  constexpr int never_mmap = 1 << 30;
  mallopt(M_MMAP_THRESHOLD, never_mmap);
  mallopt(M_TRIM_THRESHOLD, never_mmap);
  count_tensor_memory();
}

void configure_device(c10::Device device, bool tf32) {
  if (device.is_cpu()) return;
  allow_tf32(tf32);
  at::globalContext().setDeterministicCuDNN(true);
}

void use_own_stream(c10::Device device) {
  if (device.is_cpu()) return;
  try {
    const c10::impl::VirtualGuardImpl guard(device.type());
    guard.exchangeStream(guard.getStreamFromGlobalPool(device));
  } catch (const std::exception& failure) {
    spdlog::warn("a worker shares its CUDA stream with others: {}", failure.what());
  }
}

std::optional<std::int64_t> free_device_memory(c10::Device device) {
  if (device.is_cpu()) return std::nullopt;
  // Linking CUDA's runtime would take a CUDA toolkit; libtorch has loaded it.
  using GetMemory = int (*)(std::size_t*, std::size_t*);
  static const auto get_memory = reinterpret_cast<GetMemory>(dlsym(RTLD_DEFAULT, "cudaMemGetInfo"));
  std::size_t free = 0, all = 0;
  const c10::DeviceGuard current(device);
  if (get_memory == nullptr || get_memory(&free, &all) != 0) return std::nullopt;
  return static_cast<std::int64_t>(free);
}

void release_cached_memory(c10::Device device) {
  if (device.is_cpu()) return;
  // Linking CUDA's allocator would take a CUDA toolkit. It releases its cache before it refuses a
  // request, so a request that no device can satisfy is enough.
  constexpr std::int64_t more_than_any = std::int64_t{1} << 50;
  try {
    at::empty({more_than_any}, at::TensorOptions(device).dtype(at::kByte));
  } catch (const std::exception&) {
    // Refused, as intended.
  }
}

std::int64_t resident_memory() {
  std::int64_t whole = 0, resident = 0;  // in pages
  std::ifstream("/proc/self/statm") >> whole >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

void release_free_memory() { malloc_trim(0); }

bool computes(c10::Device device) {
  try {
    return at::ones({2}, at::TensorOptions(device)).sum().item<float>() == 2;
  } catch (const std::exception&) {
    return false;
  }
}

std::string blas_library() {
  void* symbol = dlsym(RTLD_DEFAULT, "sgemm_");
  Dl_info info{};
  if (symbol == nullptr || dladdr(symbol, &info) == 0 || info.dli_fname == nullptr) {
    return blas_inside_libtorch();
  }
  std::error_code failure;
  const auto canonical = fs::canonical(info.dli_fname, failure);
  const fs::path library = failure ? fs::path(info.dli_fname) : canonical;
  // The libraries of pip's torch export the functions of the BLAS that they contain.
  if (library.filename().string().starts_with("libtorch")) return blas_inside_libtorch();
  return library.string();
}

bool blas_is_reference() {
  const std::string library = blas_library();
  const std::string file = fs::path(library).filename().string();
  return file.starts_with("libblas.so") && fs::path(library).parent_path().filename() == "blas";
}

std::optional<std::string> openblas_kernels() {
  const auto name =
      reinterpret_cast<const char* (*)()>(dlsym(RTLD_DEFAULT, "openblas_get_corename"));
  if (name == nullptr) return std::nullopt;
  return name();
}

std::string computing_kernels() {
  // "..., CPU capability usage: AVX2, ..."; older versions have no function for it.
  const std::string build = at::show_config();
  std::smatch name;
  const bool named = std::regex_search(build, name, std::regex("CPU capability usage: (\\w+)"));
  const std::optional<std::string> blas = openblas_kernels();
  return (named ? name.str(1) : "unknown") + (blas ? ", " + *blas : "");
}

std::string libtorch_version() { return TORCH_VERSION; }

}  // namespace wrcor
