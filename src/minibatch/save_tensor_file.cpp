#include <caffe2/serialize/inline_container.h>
#include <torch/csrc/jit/serialization/pickler.h>

#include "core/file.h"
#include "minibatch/tensor_file.h"

namespace wrcor {
namespace {

/// A tensor with its own storage, contiguous and without gradient history.
at::Tensor stored_alone(const at::Tensor& tensor) {
  return tensor.detach().to(at::kCPU).clone(at::MemoryFormat::Contiguous);
}

struct PickledTensors {
  std::string program;
  std::vector<at::Tensor> storages;  ///< those that the pickle refers to, by number
};

/// The pickle that makes the dictionary. It has no type tags: libtorch knows the functions that
/// they call, but `torch.load(weights_only=True)` does not allow them.
PickledTensors pickled(const std::map<std::string, at::Tensor>& tensors) {
  c10::Dict<std::string, at::Tensor> dictionary;
  for (const auto& [name, tensor] : tensors) dictionary.insert(name, stored_alone(tensor));

  PickledTensors result;
  torch::jit::Pickler pickler(
      [&](const char* bytes, std::size_t count) { result.program.append(bytes, count); },
      /*tensor_table=*/nullptr, /*type_renamer=*/nullptr, /*memoized_class_types=*/nullptr,
      /*get_tensor_id=*/nullptr, /*tag_aggregates=*/false);
  pickler.protocol();
  pickler.pushIValue(dictionary);
  pickler.stop();
  result.storages = pickler.tensorData();
  return result;
}

}  // namespace

std::string format_tensor_file(const std::map<std::string, at::Tensor>& tensors) {
  const PickledTensors content = pickled(tensors);
  std::string archive;
  caffe2::serialize::PyTorchStreamWriter writer([&](const void* bytes, std::size_t count) {
    archive.append(static_cast<const char*>(bytes), count);
    return count;
  });
  writer.writeRecord("data.pkl", content.program.data(), content.program.size());
  for (std::size_t i = 0; i < content.storages.size(); ++i) {
    const at::Tensor& storage = content.storages[i];
    writer.writeRecord("data/" + std::to_string(i), storage.data_ptr(), storage.nbytes());
  }
  writer.writeEndOfFile();
  return archive;
}

void save_tensor_file(const std::filesystem::path& path,
                      const std::map<std::string, at::Tensor>& tensors) {
  write_file_atomic(path, format_tensor_file(tensors));
}

}  // namespace wrcor
