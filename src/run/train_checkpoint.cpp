#include "internal/train_checkpoint.h"

#include <ATen/ops/equal.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstring>
#include <span>

#include "config/shown_setting.h"
#include "core/hash.h"
#include "core/json.h"
#include "core/schema_version.h"
#include "minibatch/tensor_file.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* check_name = "check";
constexpr const char* version_name = "schema_version";
constexpr const char* kernels_name = "kernels";

at::Tensor as_tensor(const std::string& text) {
  at::Tensor bytes = at::empty({static_cast<std::int64_t>(text.size())}, at::kByte);
  std::memcpy(bytes.data_ptr(), text.data(), text.size());
  return bytes;
}

Json identity_in(const std::map<std::string, at::Tensor>& tensors, const std::string& file) {
  const auto found = tensors.find(training_mark);
  if (found != tensors.end() && found->second.scalar_type() == at::kByte) {
    const at::Tensor bytes = found->second.contiguous();
    try {
      return parse_json({static_cast<const char*>(bytes.data_ptr()), bytes.nbytes()});
    } catch (const JsonError&) {
      // An unreadable file counts as missing.
    }
  }
  throw DataError("'" + file + "' is not the checkpoint of a training");
}

/// Over names, types, shapes and values.
std::string check_of(const std::map<std::string, at::Tensor>& tensors) {
  Sha256 digest;
  for (const auto& [name, tensor] : tensors) {
    if (name == check_name) continue;
    const at::Tensor stored = tensor.detach().to(at::kCPU).contiguous();
    digest.update(name + " " + stored.toString());
    for (const std::int64_t size : stored.sizes()) digest.update(" " + std::to_string(size));
    digest.update("\n");
    digest.update(
        std::as_bytes(std::span(static_cast<const char*>(stored.data_ptr()), stored.nbytes())));
  }
  return digest.hex();
}

void require_as_written(const std::map<std::string, at::Tensor>& tensors, const Json& identity,
                        const std::string& file) {
  if (!identity.contains(version_name)) return;  // of the first version
  read_schema_version(identity, schema_version::training, file);
  const auto found = tensors.find(check_name);
  if (found != tensors.end() && at::equal(found->second, as_tensor(check_of(tensors)))) return;
  throw DataError("'" + file +
                  "' is not as the training wrote it: its check does not fit; restore it from a "
                  "copy, or start again in another folder");
}

/// "train.epochs" of "/config/train/epochs".
std::string key_of(std::string pointer) {
  const std::string prefix = "/config/";
  pointer.erase(0, pointer.starts_with(prefix) ? prefix.size() : 1);
  std::ranges::replace(pointer, '/', '.');
  return pointer;
}

/// "train.epochs (--epochs): it has 12, now 20" for every difference.
std::vector<std::string> differences(const Json& found, const Json& asked) {
  const Json has = found.flatten(), wants = asked.flatten();
  std::vector<std::string> all;
  for (const auto& [pointer, value] : wants.items()) {
    const std::string old = has.contains(pointer) ? has[pointer].dump() : "nothing";
    if (old != value.dump())
      all.push_back(shown_setting(key_of(pointer)) + ": it has " + old + ", now " + value.dump());
  }
  return all;
}

void require_same_training(const Json& found, const Json& asked, const std::string& folder) {
  Json has = found, wants = asked;
  for (const char* name : {"machine", version_name}) {
    has.erase(name);
    wants.erase(name);
  }
  if (const auto all = differences(has, wants); !all.empty()) {
    throw UsageError("'" + folder + "' holds another training (" + join(all, "; ") +
                     "); resume it with its own settings, or choose another --out");
  }
  const Json machine = found.value("machine", Json::object());
  Json present = asked.at("machine");
  if (!machine.contains(kernels_name)) present.erase(kernels_name);  // of the first version
  if (const auto all = differences(machine, present); !all.empty())
    spdlog::warn("'{}' was started on another machine ({}): the last digits may differ", folder,
                 join(all, "; "));
}

/// @param settings  as result_config() writes them
Json settings_of_identity(Json settings) {
  // The entries data and device record the data and the device that are used.
  settings["data"].erase("root");
  settings["train"].erase("test_root");
  settings["run"].erase("device");
  return settings;
}

}  // namespace

Json training_identity(const Config& config, const Json& data, const std::string& device_kind,
                       const Platform& platform) {
  return {{version_name, schema_version::training},
          {"config", settings_of_identity(result_config(config, Purpose::training))},
          {"data", data},
          {"device", device_kind},
          {"machine",
           {{"libtorch", platform.libtorch},
            {"processor", platform.processor},
            {"blas", platform.blas},
            {kernels_name, platform.kernels}}}};
}

void save_checkpoint(const TrainingDirectory& directory, const Json& identity,
                     const Trainer& trainer) {
  std::map<std::string, at::Tensor> tensors = trainer.state();
  tensors[training_mark] = as_tensor(identity.dump());
  if (identity.contains(version_name)) tensors[check_name] = as_tensor(check_of(tensors));
  save_tensor_file(directory.checkpoint(), tensors);
}

Json load_checkpoint(const TrainingDirectory& directory, const Json& identity, Trainer& trainer) {
  const std::string file = directory.checkpoint().string();
  std::map<std::string, at::Tensor> tensors = load_tensor_file(file);
  Json found = identity_in(tensors, file);
  require_as_written(tensors, found, file);
  require_same_training(found, identity, directory.path.string());
  tensors.erase(training_mark);
  tensors.erase(check_name);
  trainer.restore(tensors, file);
  found["machine"] = identity.at("machine");
  return found;
}

bool is_result_of(const Json& document, const Json& identity) {
  return settings_of_identity(document.at("config")) == identity.at("config") &&
         document.at("data") == identity.at("data") &&
         document.at("device") == identity.at("device");
}

}  // namespace wrcor
