#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include <ATen/ATen.h>

// A device for tests: libtorch's place for private back ends (PrivateUse1), with tensors in the
// host's memory that are kept apart from those of the CPU. Each operation is computed by the CPU's
// kernel. As on a GPU, operands on different devices are refused; what would take a GPU's time is
// counted instead.
namespace wrcor::accelerator {

/// What a program asked of the device.
struct Work {
  std::int64_t launches = 0;  ///< operations that compute something
  std::int64_t waits = 0;     ///< values that the host read, for which it waits
  std::int64_t uploads = 0;   ///< copies from the host
};

/// The device, registered at the first call.
at::Device device();

/// Since the last call.
Work take_work();

/// The most bytes that tensors on the device have held since the last call.
std::int64_t take_peak_bytes();

/// While it exists, the device refuses one request for memory, as libtorch's allocators do.
class OneRefusal {
 public:
  /// @param number  of the request, from 1
  explicit OneRefusal(std::int64_t number);
  ~OneRefusal();
  OneRefusal(const OneRefusal&) = delete;
  OneRefusal& operator=(const OneRefusal&) = delete;
  /// Whether the request was made.
  bool happened() const;
};

/// While it exists, operations of the device fail, as those of a library do that has no kernel for
/// them: not for want of memory.
class Faults {
 public:
  /// Whether an operation fails. @param name  as libtorch's: "aten::convolution"
  using Hits = std::function<bool(const std::string& name, const at::Tensor& first_operand)>;

  explicit Faults(Hits hits);
  ~Faults();
  Faults(const Faults&) = delete;
  Faults& operator=(const Faults&) = delete;
  std::int64_t count() const;
};

}  // namespace wrcor::accelerator
