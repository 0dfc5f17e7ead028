#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <c10/core/Device.h>

namespace wrcor {

/// The device behind "auto", "cpu", "cuda" or "cuda:K". "auto" takes CUDA when it is usable.
/// @throws UsageError when a device that was asked for is not usable.
c10::Device resolve_device(const std::string& name);

/// Names of all usable devices, e.g. {"cpu", "cuda:0"}.
std::vector<std::string> usable_devices();

/// Prepares the calling thread for evaluations: intra-op threads of libtorch and of the BLAS (whose
/// pools fight each other unless one of them is silenced).
void configure_thread(int intra_op_threads);

/// Before the first evaluation: has the BLAS take the memory that products on so many threads at
/// once need, while there is enough: OpenBLAS, once refused, would wait for it forever.
/// @throws RunError when there is too little
void reserve_blas_buffers(int threads);

/// Once a process, before the first evaluation: keeps freed tensor memory in the process instead of
/// giving every buffer back to the system and faulting it in again, and counts it.
void configure_process();

/// Makes CUDA's kernels repeatable; nothing on the CPU.
/// @param tf32  round the factors of float32 convolutions and matrix products to 10 bits: faster,
///              and other scores
void configure_device(c10::Device device, bool tf32 = false);

/// Gives the calling thread a CUDA stream of its own, so that kernels of several workers run side
/// by side. What other threads have made on the device has to be finished. Nothing on the CPU.
void use_own_stream(c10::Device device);

/// Bytes of a CUDA device's memory; nothing where it cannot be asked, or on the CPU.
std::optional<std::int64_t> device_memory(c10::Device device);

/// Hands the memory that libtorch keeps on the device for later back to it. Nothing on the CPU.
void release_cached_memory(c10::Device device);

/// Gives the freed tensor memory that configure_process() keeps back to the system.
void release_free_memory();

/// Whether the device still computes: after some errors CUDA refuses everything that follows.
bool computes(c10::Device device);

/// What computes matrix products: a file such as ".../openblas-pthread/libblas.so.3", or the name
/// of what libtorch holds, such as "Intel(R) oneAPI Math Kernel Library ..., built into libtorch".
std::string blas_library();
/// The reference BLAS makes a network about five times slower than an optimised one.
bool blas_is_reference();
/// The processor that OpenBLAS has taken its kernels for, such as "SkylakeX"; nothing where another
/// BLAS computes. A processor that is newer than OpenBLAS gets the oldest kernels, "Prescott".
std::optional<std::string> openblas_kernels();

/// The vector code that libtorch and OpenBLAS have taken for their kernels, such as "AVX2,
/// SkylakeX".
std::string computing_kernels();

/// The libtorch that the program was built with, such as "1.13.0": scores of different ones differ
/// in their last digits.
std::string libtorch_version();

}  // namespace wrcor
