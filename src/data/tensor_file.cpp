#include "wrcor/data/tensor_file.h"

#include <caffe2/serialize/inline_container.h>
#include <torch/csrc/jit/serialization/unpickler.h>

#include <cstring>
#include <sstream>
#include <string_view>

#include "wrcor/core/error.h"
#include "wrcor/core/file.h"

namespace wrcor {
namespace {

using caffe2::serialize::PyTorchStreamReader;

constexpr const char* expected =
    "expected a dictionary name -> tensor written by torch.save (PyTorch 1.6 or later)";

/// libtorch's messages go on with a stack trace.
std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

std::string reason(const std::exception& failure) {
  const auto* of_libtorch = dynamic_cast<const c10::Error*>(&failure);
  return first_line(of_libtorch != nullptr ? of_libtorch->what_without_backtrace()
                                           : failure.what());
}

[[noreturn]] void reject(const std::string& name, const std::string& found,
                         const std::string& remedy = "") {
  throw DataError(name + ": found " + found + ", " + expected + remedy);
}

/// Bytes that each storage of the archive really has. libtorch takes the archive's word for the
/// number of elements.
using StorageSizes = std::map<const void*, std::size_t>;

void check_within_storage(const at::Tensor& tensor, const StorageSizes& sizes) {
  if (tensor.numel() == 0) return;
  std::int64_t last = tensor.storage_offset();
  bool valid = last >= 0;
  for (std::int64_t d = 0; d < tensor.dim() && valid; ++d) {
    std::int64_t reach = 0;
    valid = tensor.size(d) > 0 && tensor.stride(d) >= 0 &&
            !__builtin_mul_overflow(tensor.size(d) - 1, tensor.stride(d), &reach) &&
            !__builtin_add_overflow(last, reach, &last);
  }
  const auto storage = sizes.find(tensor.storage().data_ptr().get());
  if (!valid || storage == sizes.end() ||
      static_cast<std::uint64_t>(last) >= storage->second / tensor.element_size()) {
    throw std::runtime_error("reaches beyond its storage");
  }
}

/// What `torch.save` wrote of a state dict begins with
/// this class; libtorch can only read it as nothing.
bool is_ordered_dictionary(std::string_view pickle) {
  constexpr std::string_view start =
      "\x80\x02"
      "ccollections\nOrderedDict\n";
  return pickle.starts_with(start);
}

at::IValue unpickle(PyTorchStreamReader& archive, std::string_view pickle, StorageSizes& sizes) {
  const auto read = [&pickle](char* buffer, std::size_t length) {
    const std::size_t taken = pickle.copy(buffer, length);
    pickle.remove_prefix(taken);
    return taken;
  };
  const auto read_storage = [&archive, &sizes](const std::string& key) {
    auto [bytes, size] = archive.getRecord("data/" + key);
    sizes[bytes.get()] = size;
    return std::move(bytes);
  };
  // The device is given, so that tensors saved from a GPU can be read where there is none.
  torch::jit::Unpickler unpickler(read, nullptr, nullptr, read_storage, at::Device(at::kCPU));
  return unpickler.parse_ivalue();
}

std::map<std::string, at::Tensor> tensors_of(const std::string& file, const at::IValue& content,
                                             const StorageSizes& sizes) {
  if (!content.isGenericDict()) reject(file, "a " + content.tagKind() + " in the archive");
  std::map<std::string, at::Tensor> tensors;
  for (const auto& entry : content.toGenericDict()) {
    if (!entry.key().isString()) reject(file, "a key of type " + entry.key().tagKind());
    const std::string& name = entry.key().toStringRef();
    if (!entry.value().isTensor()) {
      reject(file, "'" + name + "' of type " + entry.value().tagKind());
    }
    const at::Tensor tensor = entry.value().toTensor();
    if (!tensor.defined() || tensor.layout() != at::kStrided || tensor.is_quantized()) {
      reject(file, "'" + name + "', which is not a dense tensor");
    }
    try {
      check_within_storage(tensor, sizes);
    } catch (const std::runtime_error& failure) {
      reject(file, "'" + name + "', which " + failure.what() + ": the file is corrupt");
    }
    tensors[name] = tensor.detach();
  }
  return tensors;
}

}  // namespace

std::map<std::string, at::Tensor> parse_tensor_file(std::string bytes, const std::string& name) {
  if (!bytes.starts_with("PK\x03\x04")) {
    reject(name, bytes.empty() ? "an empty file" : "no zip archive");
  }
  StorageSizes sizes;
  at::IValue content;
  try {
    std::istringstream stream(std::move(bytes));
    PyTorchStreamReader archive(&stream);
    const auto [pickle, length] = archive.getRecord("data.pkl");
    const std::string_view program(static_cast<const char*>(pickle.get()), length);
    if (is_ordered_dictionary(program)) {
      reject(name, "an OrderedDict", "; save it as a plain one: torch.save(dict(d), file)");
    }
    content = unpickle(archive, program, sizes);
  } catch (const Error&) {
    throw;
  } catch (const std::exception& failure) {
    reject(name, "an archive that cannot be read (" + reason(failure) + ")");
  }
  return tensors_of(name, content, sizes);
}

std::map<std::string, at::Tensor> load_tensor_file(const std::filesystem::path& path) {
  return parse_tensor_file(read_file(path), path.string());
}

}  // namespace wrcor
