#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <c10/core/Device.h>

namespace wrcor {

/// The device behind "auto", "cpu", "cuda" or "cuda:K". "auto" uses CUDA when it is usable.
/// @throws UsageError when a requested device is not usable.
c10::Device resolve_device(const std::string& name);

/// Names of all usable devices, e.g. {"cpu", "cuda:0"}.
std::vector<std::string> usable_devices();

/// Prepares the calling thread for evaluations: intra-op threads of libtorch and of the BLAS (whose
/// pools compete unless one of them is disabled).
void configure_thread(int intra_op_threads);

/// Before the first evaluation: makes the BLAS allocate the memory for products on this many
/// threads while enough is available: OpenBLAS, once refused, would wait for it forever.
/// @throws RunError when memory is too small
void reserve_blas_buffers(int threads);

/// Once per process, before the first evaluation: keeps freed tensor memory in the process instead
/// of returning every buffer to the system and faulting it in again, and counts it.
void configure_process();

/// Makes CUDA's kernels repeatable; nothing on the CPU.
/// @param tf32  round the factors of float32 convolutions and matrix products to 10 bits: faster,
///              but changes scores
void configure_device(c10::Device device, bool tf32 = false);

/// Gives the calling thread its own CUDA stream, so that kernels of several workers run
/// concurrently. Work of other threads on the device must be finished. Nothing on the CPU.
void use_own_stream(c10::Device device);

/// Bytes of memory that are free on a device; nothing for the CPU, or when CUDA does not tell.
std::optional<std::int64_t> free_device_memory(c10::Device device);

/// Returns the memory that libtorch caches on the device to it. Nothing on the CPU.
void release_cached_memory(c10::Device device);

/// Bytes of the process that are in memory.
std::int64_t resident_memory();

/// Returns the freed tensor memory that configure_process() keeps to the system.
void release_free_memory();

/// Whether the device still works: after some errors CUDA refuses all further operations.
bool computes(c10::Device device);

/// The library for matrix products: a file such as ".../openblas-pthread/libblas.so.3", or the name
/// of the one in libtorch, such as "Intel(R) oneAPI Math Kernel Library ..., built into libtorch".
std::string blas_library();
/// The reference BLAS makes a network about five times slower than an optimised one.
bool blas_is_reference();
/// The processor for which OpenBLAS selected its kernels, such as "SkylakeX"; nothing with another
/// BLAS. A processor that is newer than OpenBLAS gets the oldest kernels, "Prescott".
std::optional<std::string> openblas_kernels();

/// The vector code that libtorch and OpenBLAS selected for their kernels, such as "AVX2, SkylakeX".
std::string computing_kernels();

/// The libtorch that the program was built with, such as "1.13.0": scores of different versions
/// differ in their last digits.
std::string libtorch_version();

}  // namespace wrcor
