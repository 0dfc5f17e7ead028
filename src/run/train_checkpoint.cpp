#include "train_checkpoint.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstring>

#include "wrcor/config/config_loader.h"
#include "wrcor/core/error.h"
#include "wrcor/core/json.h"
#include "wrcor/core/processor.h"
#include "wrcor/core/suggest.h"
#include "wrcor/eval/device.h"
#include "wrcor/minibatch/tensor_file.h"

namespace wrcor {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* identity_name = "run";

at::Tensor as_tensor(const std::string& text) {
  at::Tensor bytes = at::empty({static_cast<std::int64_t>(text.size())}, at::kByte);
  std::memcpy(bytes.data_ptr(), text.data(), text.size());
  return bytes;
}

Json identity_in(const std::map<std::string, at::Tensor>& tensors, const std::string& file) {
  const auto found = tensors.find(identity_name);
  if (found != tensors.end() && found->second.scalar_type() == at::kByte) {
    const at::Tensor bytes = found->second.contiguous();
    try {
      return parse_json({static_cast<const char*>(bytes.data_ptr()), bytes.nbytes()});
    } catch (const JsonError&) {
      // The same as none.
    }
  }
  throw DataError("'" + file + "' is not the checkpoint of a training");
}

/// "train.epochs" of "/config/train/epochs".
std::string key_of(std::string pointer) {
  const std::string prefix = "/config/";
  pointer.erase(0, pointer.starts_with(prefix) ? prefix.size() : 1);
  std::ranges::replace(pointer, '/', '.');
  return pointer;
}

/// "train.epochs: it has 12, asked for 20" for all that differs.
std::vector<std::string> differences(const Json& found, const Json& asked) {
  const Json has = found.flatten(), wants = asked.flatten();
  std::vector<std::string> all;
  for (const auto& [pointer, value] : wants.items()) {
    const std::string old = has.contains(pointer) ? has[pointer].dump() : "nothing";
    if (old != value.dump())
      all.push_back(key_of(pointer) + ": it has " + old + ", now " + value.dump());
  }
  return all;
}

void require_same_training(const Json& found, const Json& asked, const std::string& folder) {
  Json has = found, wants = asked;
  has.erase("machine");
  wants.erase("machine");
  if (const auto all = differences(has, wants); !all.empty()) {
    throw UsageError("'" + folder + "' holds another training (" + join(all, "; ") +
                     "); resume it with its own settings, or choose another --out");
  }
  const Json machine = found.value("machine", Json::object());
  if (const auto all = differences(machine, asked.at("machine")); !all.empty())
    spdlog::warn("'{}' was begun elsewhere ({}): the last digits may differ", folder,
                 join(all, "; "));
}

}  // namespace

Json training_identity(const Config& config, const Json& data, const std::string& device_kind) {
  Json settings = result_config(config, Purpose::training);
  // What is found there, and what is used, is told by the data and the device.
  settings["data"].erase("root");
  settings["train"].erase("test_root");
  settings["run"].erase("device");
  return {{"config", settings},
          {"data", data},
          {"device", device_kind},
          {"machine",
           {{"libtorch", libtorch_version()},
            {"processor", processor_name()},
            {"blas", blas_library()}}}};
}

void save_checkpoint(const TrainingDirectory& directory, const Json& identity,
                     const Trainer& trainer) {
  std::map<std::string, at::Tensor> tensors = trainer.state();
  tensors[identity_name] = as_tensor(identity.dump());
  save_tensor_file(directory.checkpoint(), tensors);
}

void load_checkpoint(const TrainingDirectory& directory, const Json& identity, Trainer& trainer) {
  const std::string file = directory.checkpoint().string();
  std::map<std::string, at::Tensor> tensors = load_tensor_file(file);
  require_same_training(identity_in(tensors, file), identity, directory.path.string());
  tensors.erase(identity_name);
  trainer.restore(tensors, file);
}

}  // namespace wrcor
