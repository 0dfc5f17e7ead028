#include "device/accelerator.h"

#include <ATen/EmptyTensor.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/library.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#if __has_include(<ATen/detail/PrivateUse1HooksInterface.h>)
#include <ATen/detail/PrivateUse1HooksInterface.h>
#define WRCOR_DEVICE_HAS_HOOKS 1
#endif

namespace wrcor::accelerator {
namespace {

constexpr c10::DeviceType kind = c10::DeviceType::PrivateUse1;
const c10::Device the_device(kind, 0);

std::atomic<std::int64_t> launches{0}, waits{0}, uploads{0};
std::atomic<std::int64_t> requests_until_refusal{0};  ///< 0: none is refused

void request_memory(std::size_t bytes) {
  if (bytes == 0 || requests_until_refusal.load() == 0) return;
  if (requests_until_refusal.fetch_sub(1) == 1) {
    TORCH_CHECK(false, "the accelerator is out of memory. Tried to allocate ", bytes, " bytes");
  }
}

Faults::Hits fault_hits;
std::int64_t fault_count = 0;

void meet_fault(const std::string& operation, const at::Tensor& first_operand) {
  if (!fault_hits || !fault_hits(operation, first_operand)) return;
  ++fault_count;
  TORCH_CHECK(false, "the accelerator has no kernel for ", operation);
}

std::atomic<std::int64_t> held_bytes{0}, most_bytes{0};

void hold(std::size_t bytes) {
  const std::int64_t now = held_bytes += static_cast<std::int64_t>(bytes);
  std::int64_t most = most_bytes;
  while (most < now && !most_bytes.compare_exchange_weak(most, now)) {
  }
}

void give_back(std::size_t bytes) { held_bytes -= static_cast<std::int64_t>(bytes); }

/// Memory of the allocator below.
struct Block {
  void* memory;
  std::size_t bytes;
};

void free_block(void* context) {
  const auto* block = static_cast<Block*>(context);
  give_back(block->bytes);
  ::operator delete(block->memory);
  delete block;  // NOLINT(cppcoreguidelines-owning-memory): of a DataPtr
}

/// Its functions are virtual, of one signature or another, in every version of libtorch.
class HostAllocator final : public c10::Allocator {
 public:
  c10::DataPtr allocate(std::size_t bytes) const { return made(bytes); }
  c10::DataPtr allocate(std::size_t bytes) { return made(bytes); }
  void copy_data(void* target, const void* source, std::size_t bytes) const {
    std::memcpy(target, source, bytes);
  }

 private:
  static c10::DataPtr made(std::size_t bytes) {
    request_memory(bytes);
    hold(bytes);
    void* memory = ::operator new(bytes);
    // NOLINTNEXTLINE(cppcoreguidelines-owning-memory): free_block() deletes it
    return {memory, new Block{memory, bytes}, &free_block, the_device};
  }
};

HostAllocator& allocator() {
  static HostAllocator instance;
  return instance;
}

/// Memory of another device.
struct Holder {
  c10::Storage storage;
  std::size_t counted_bytes;  ///< of the device's
};

void release_storage(void* context) {
  const auto* holder = static_cast<Holder*>(context);
  give_back(holder->counted_bytes);
  delete holder;  // NOLINT(cppcoreguidelines-owning-memory): of a DataPtr
}

/// The same memory as a storage of another device.
/// @param counted_bytes  that the device has more now
c10::Storage seen_as(const c10::Storage& storage, c10::Device device, c10::Allocator* its,
                     std::size_t counted_bytes = 0) {
  hold(counted_bytes);
  // NOLINTNEXTLINE(cppcoreguidelines-owning-memory): release_storage() deletes it
  auto* holder = new Holder{storage, counted_bytes};
  void* memory = const_cast<void*>(static_cast<const void*>(storage.data()));
  return {c10::Storage::use_byte_size_t(), storage.nbytes(),
          c10::DataPtr(memory, holder, &release_storage, device), its, /*resizable=*/true};
}

at::Tensor tensor_of(c10::Storage storage, c10::DispatchKey key, const at::Tensor& like) {
  at::Tensor tensor = at::detail::make_tensor<c10::TensorImpl>(
      std::move(storage), c10::DispatchKeySet(key), like.dtype());
  c10::TensorImpl* its = tensor.unsafeGetTensorImpl();
  its->set_sizes_and_strides(like.sizes(), like.strides(), like.storage_offset());
  if (like.unsafeGetTensorImpl()->is_wrapped_number()) its->set_wrapped_number(true);
  return tensor;
}

at::Tensor on_device(const at::Tensor& host, c10::Storage storage) {
  return tensor_of(std::move(storage), c10::DispatchKey::PrivateUse1, host);
}

/// A tensor that the CPU's kernels made.
at::Tensor on_device(const at::Tensor& host) {
  request_memory(host.storage().nbytes());
  return on_device(host,
                   seen_as(host.storage(), the_device, &allocator(), host.storage().nbytes()));
}

at::Tensor on_host(const at::Tensor& tensor) {
  if (tensor.device().type() != kind) return tensor;
  return tensor_of(seen_as(tensor.storage(), c10::kCPU, c10::GetAllocator(c10::kCPU)),
                   c10::DispatchKey::CPU, tensor);
}

/// Computes an operation with the CPU's kernel on the same memory.
class HostCall {
 public:
  HostCall(const c10::OperatorHandle& operation, torch::jit::Stack& stack)
      : operation_(operation), stack_(stack) {}

  void run() {
    const std::size_t first = stack_.size() - operation_.schema().arguments().size();
    for (std::size_t i = first; i < stack_.size(); ++i) stack_[i] = argument(stack_[i]);
    require_one_device();
    if (!pairs_.empty()) meet_fault(operation_.schema().name(), pairs_.front().host);
    operation_.callBoxed(&stack_);
    for (const Pair& pair : pairs_) take_over_changes(pair);
    bool is_value = false, is_new = false;
    const std::size_t results = operation_.schema().returns().size();
    for (std::size_t i = stack_.size() - results; i < stack_.size(); ++i)
      stack_[i] = result(stack_[i], is_value, is_new);
    if (is_new || operation_.schema().is_mutable()) ++launches;
    if (is_value) ++waits;
  }

 private:
  struct Pair {
    at::Tensor device, host;
    const void* memory;
  };

  c10::IValue argument(const c10::IValue& value) {
    if (value.isTensor()) return tensor_argument(value.toTensor());
    if (value.isDevice()) return c10::Device(c10::kCPU);
    if (value.isTensorList()) {
      c10::List<at::Tensor> list;
      for (const at::Tensor& tensor : value.toTensorVector())
        list.push_back(tensor_argument(tensor));
      return list;
    }
    if (value.isOptionalTensorList()) {
      c10::List<c10::optional<at::Tensor>> list;
      for (const c10::optional<at::Tensor> tensor : value.toOptionalTensorList()) {
        list.push_back(tensor ? c10::optional<at::Tensor>(tensor_argument(*tensor)) : tensor);
      }
      return list;
    }
    return value;
  }

  at::Tensor tensor_argument(const at::Tensor& tensor) {
    if (!tensor.defined()) return tensor;
    if (tensor.device().type() != kind) {
      has_host_operand_ = has_host_operand_ || tensor.dim() > 0;
      return tensor;
    }
    has_device_operand_ = true;
    // The CPU's batch norm loses digits where channels come last.
    const bool is_norm = operation_.schema().name().find("batch_norm") != std::string::npos;
    if (is_norm && !tensor.is_contiguous()) return on_host(tensor).contiguous();
    const at::Tensor host = on_host(tensor);
    pairs_.push_back({tensor, host, host.storage().data()});
    return host;
  }

  void require_one_device() const {
    TORCH_CHECK(!(has_host_operand_ && has_device_operand_),
                "Expected all tensors to be on the same device, but ", operation_.schema().name(),
                " received some of the CPU and some of the accelerator");
  }

  /// A kernel may have given a tensor another size, or other memory.
  static void take_over_changes(const Pair& pair) {
    c10::TensorImpl* its = pair.device.unsafeGetTensorImpl();
    if (pair.host.storage().data() != pair.memory) {
      request_memory(pair.host.storage().nbytes());
      its->set_storage_keep_dtype(
          seen_as(pair.host.storage(), the_device, &allocator(), pair.host.storage().nbytes()));
    }
    if (pair.host.sizes() != pair.device.sizes() || pair.host.strides() != pair.device.strides() ||
        pair.host.storage_offset() != pair.device.storage_offset()) {
      its->set_sizes_and_strides(pair.host.sizes(), pair.host.strides(),
                                 pair.host.storage_offset());
    }
  }

  c10::IValue result(const c10::IValue& value, bool& is_value, bool& is_new) const {
    if (value.isTensor()) return tensor_result(value.toTensor(), is_new);
    if (value.isTensorList()) {
      c10::List<at::Tensor> list;
      for (const at::Tensor& tensor : value.toTensorVector())
        list.push_back(tensor_result(tensor, is_new));
      return list;
    }
    is_value = true;
    return value;
  }

  at::Tensor tensor_result(const at::Tensor& host, bool& is_new) const {
    if (!host.defined()) return host;
    for (const Pair& pair : pairs_) {
      if (host.is_same(pair.host)) return pair.device;
    }
    for (const Pair& pair : pairs_) {  // a view
      if (host.storage().unsafeGetStorageImpl() == pair.host.storage().unsafeGetStorageImpl())
        return on_device(host, pair.device.storage());
    }
    is_new = true;
    return on_device(host);
  }

  const c10::OperatorHandle& operation_;
  torch::jit::Stack& stack_;
  std::vector<Pair> pairs_;
  bool has_host_operand_ = false, has_device_operand_ = false;
};

void compute_on_host(const c10::OperatorHandle& operation, torch::jit::Stack* stack) {
  HostCall(operation, *stack).run();
}

at::Tensor empty(at::IntArrayRef size, c10::optional<at::ScalarType> type,
                 c10::optional<at::Layout> /*layout*/, c10::optional<at::Device> /*device*/,
                 c10::optional<bool> /*pinned*/, c10::optional<at::MemoryFormat> format) {
  return at::detail::empty_generic(size, &allocator(),
                                   c10::DispatchKeySet(c10::DispatchKey::PrivateUse1),
                                   c10::dtype_or_default(type), format);
}

at::Tensor empty_strided(at::IntArrayRef size, at::IntArrayRef strides,
                         c10::optional<at::ScalarType> type, c10::optional<at::Layout> /*layout*/,
                         c10::optional<at::Device> /*device*/, c10::optional<bool> /*pinned*/) {
  return at::detail::empty_strided_generic(size, strides, &allocator(),
                                           c10::DispatchKeySet(c10::DispatchKey::PrivateUse1),
                                           c10::dtype_or_default(type));
}

at::Tensor& copy(at::Tensor& target, const at::Tensor& source, bool /*non_blocking*/) {
  const bool from_device = source.device().type() == kind,
             to_device = target.device().type() == kind;
  ++(from_device ? (to_device ? launches : waits) : uploads);
  on_host(target).copy_(on_host(source));
  return target;
}

at::Scalar value_of(const at::Tensor& tensor) {
  ++waits;
  return on_host(tensor).item();
}

void register_device() {
  c10::SetAllocator(kind, &allocator());
#ifdef WRCOR_DEVICE_HAS_HOOKS
  /// Asked by libtorch 2 before the first use of a device.
  struct Hooks final : at::PrivateUse1HooksInterface {
    void init() const {}
    void lazyInitPrivateUse1() const {}
    bool hasPrimaryContext(c10::DeviceIndex /*device*/) const { return true; }
    bool isBuilt() const { return true; }
    bool isAvailable() const { return true; }
  };
  static Hooks hooks;
  at::RegisterPrivateUse1HooksInterface(&hooks);
  // Under a name, a device of this kind is the one that autograd asks for its streams.
  c10::register_privateuse1_backend("accelerator");
#endif
}

TORCH_LIBRARY_IMPL(_, PrivateUse1, library) {
  library.fallback(torch::CppFunction::makeFromBoxedFunction<&compute_on_host>());
}

TORCH_LIBRARY_IMPL(aten, PrivateUse1, library) {
  library.impl("empty.memory_format", &empty);
  library.impl("empty_strided", &empty_strided);
  library.impl("copy_", &copy);
  library.impl("_local_scalar_dense", &value_of);
  // libtorch has kernels for devices that it does not know, which refuse or take detours.
  for (const char* name : {"convolution", "convolution_backward"}) {
    library.impl(name, torch::CppFunction::makeFromBoxedFunction<&compute_on_host>());
  }
}

/// There is one device, with one stream.
struct Guard final : c10::impl::DeviceGuardImplInterface {
  c10::DeviceType type() const override { return kind; }
  c10::Device exchangeDevice(c10::Device /*device*/) const override { return the_device; }
  c10::Device getDevice() const override { return the_device; }
  void setDevice(c10::Device /*device*/) const override {}
  void uncheckedSetDevice(c10::Device /*device*/) const noexcept override {}
  c10::DeviceIndex deviceCount() const noexcept override { return 1; }
  c10::Stream getStream(c10::Device /*device*/) const noexcept override { return stream(); }
  c10::Stream getDefaultStream(c10::Device /*device*/) const override { return stream(); }
  c10::Stream getStreamFromGlobalPool(c10::Device /*device*/, bool /*urgent*/) const override {
    return stream();
  }
  c10::Stream exchangeStream(c10::Stream /*stream*/) const noexcept override { return stream(); }

 private:
  static c10::Stream stream() { return c10::Stream(c10::Stream::DEFAULT, the_device); }
};

}  // namespace

C10_REGISTER_GUARD_IMPL(PrivateUse1, Guard);

at::Device device() {
  static std::once_flag once;
  std::call_once(once, register_device);
  return the_device;
}

Work take_work() { return {launches.exchange(0), waits.exchange(0), uploads.exchange(0)}; }

std::int64_t take_peak_bytes() { return most_bytes.exchange(held_bytes); }

OneRefusal::OneRefusal(std::int64_t number) { requests_until_refusal = number; }
OneRefusal::~OneRefusal() { requests_until_refusal = 0; }
bool OneRefusal::happened() const { return requests_until_refusal == 0; }

Faults::Faults(Hits hits) {
  fault_hits = std::move(hits);
  fault_count = 0;
}
Faults::~Faults() { fault_hits = nullptr; }
std::int64_t Faults::count() const { return fault_count; }

}  // namespace wrcor::accelerator
