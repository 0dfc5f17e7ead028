#include "internal/idle_settings.h"

#include <algorithm>
#include <functional>
#include <map>

#include "config/proxy_choice.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"
#include "wrcor/data/builtin.h"
#include "wrcor/score/proxies.h"
#include "wrcor/search/builtin.h"

namespace wrcor {
namespace {

using Reason = std::function<std::string(const Config&, Purpose)>;

bool has_given_batch(const Config& config, Purpose purpose) {
  return purpose == Purpose::search && !config.data.batch_file.empty();
}

std::string given_batch(const Config& config) {
  return "the images are those of data.batch_file, " + in_quotes(config.data.batch_file);
}

/// Whether the folder of a data set determines more than the location of its images, such as their
/// classes.
bool folder_defines_dataset(const Config& config) {
  try {
    datasets().find(config.data.name).value.info({});
    return false;
  } catch (const Error&) {
    return true;
  }
}

std::string root_reason(const Config& config, Purpose purpose) {
  if (!lies_in_files(config.data.name))
    return "the data set " + in_quotes(config.data.name) + " has no files";
  if (has_given_batch(config, purpose) && !folder_defines_dataset(config))
    return given_batch(config);
  return {};
}

/// An impossible size is reported by the reader of the images.
std::string image_size_reason(const Config& config, Purpose) {
  if (folder_defines_dataset(config)) return {};
  try {
    const auto size = parse_image_size(config.data.image_size);
    datasets().find(config.data.name).value.info({.root = {}, .image_size = size});
  } catch (const Error&) {
    return {};
  }
  return "the images of " + in_quotes(config.data.name) + " have one size";
}

std::string augment_reason(const Config& config, Purpose purpose) {
  return has_given_batch(config, purpose) ? given_batch(config) : "";
}

std::string download_reason(const Config& config, Purpose purpose) {
  if (!datasets().find(config.data.name).value.source)
    return "the data set " + in_quotes(config.data.name) + " is not downloaded";
  if (!config.data.root.empty()) return "nothing is downloaded into a folder that data.root names";
  return has_given_batch(config, purpose) ? given_batch(config) : "";
}

std::string mirror_reason(const Config& config, Purpose purpose) {
  const std::string reason = download_reason(config, purpose);
  return reason.empty() && !config.data.download ? "data.download is false" : reason;
}

/// For a setting that only some proxies read. An impossible rule is reported by its reader.
/// @param reads  whether a proxy with this variant does
Reason only_of_proxies(const std::function<bool(ScoreVariant)>& reads, const std::string& what) {
  return [reads, what](const Config& config, Purpose) -> std::string {
    try {
      const bool read = std::ranges::any_of(effective_proxies(config), [&](const auto& name) {
        return reads(proxies().find(name).value.variant);
      });
      return read ? "" : "none of the proxies " + what;
    } catch (const Error&) {
      return {};
    }
  };
}

/// For an option of other strategies.
std::string strategy_reason(const Setting& setting, const Config& config) {
  if (setting.section() != "search") return {};
  std::vector<std::string> readers = strategies_with(setting.name());
  if (readers.empty() || std::ranges::find(readers, config.search.strategy) != readers.end())
    return {};
  for (std::string& reader : readers) reader = in_quotes(reader);
  return std::string("it is for the strateg") + (readers.size() == 1 ? "y " : "ies ") +
         join(readers) + ", and search.strategy is " + in_quotes(config.search.strategy);
}

std::string on_cpu(const Config& config, Purpose) {
  return config.run.device == "cpu" ? "it is for CUDA, and networks run on the CPU" : "";
}

std::string channels_last_reason(const Config& config, Purpose purpose) {
  return purpose == Purpose::search ? on_cpu(config, purpose) : "";
}

std::string workers_reason(const Config& config, Purpose) {
  return config.search.queue.empty() ? "" : "the workers of search.queue evaluate the networks";
}

std::string max_memory_reason(const Config& config, Purpose purpose) {
  if (const std::string reason = workers_reason(config, purpose); !reason.empty()) return reason;
  return config.run.device.starts_with("cuda") ? "it is for the CPU, and networks run on CUDA" : "";
}

std::string test_root_reason(const Config& config, Purpose) {
  return config.train.holdout ? "the images for tests are those of train.holdout" : "";
}

std::string queue_reason(const Config& config, Purpose) {
  return config.search.queue.empty() ? "search.queue names no queue" : "";
}

std::string cost_table_reason(const Config& config, Purpose) {
  return config.constraints.max_cost.empty() && config.search.minimize.empty()
             ? "constraints.max_cost limits none of its costs, nor does search.minimize name one"
             : "";
}

/// The settings that some configurations do not read.
const std::map<std::string, Reason>& reasons() {
  const auto varies_by = [](ScoreVariant wanted) {
    return [wanted](ScoreVariant variant) { return variant == wanted; };
  };
  const Reason weights_reason = only_of_proxies(
      [](ScoreVariant variant) { return variant != ScoreVariant::fixed; }, "reads weights");
  static const std::map<std::string, Reason> all = {
      {"data.root", root_reason},
      {"data.image_size", image_size_reason},
      {"data.augment", augment_reason},
      {"data.download", download_reason},
      {"data.mirror", mirror_reason},
      {"score.counting",
       only_of_proxies(varies_by(ScoreVariant::counting), "reads the responses that it counts")},
      {"score.proxy_input",
       only_of_proxies(varies_by(ScoreVariant::input), "was published with noise")},
      {"score.init", weights_reason},
      {"score.weights_mode", weights_reason},
      {"search.queue_password_file", queue_reason},
      {"search.queue_lease", queue_reason},
      {"search.mixed", queue_reason},
      {"constraints.cost_table", cost_table_reason},
      {"run.workers", workers_reason},
      {"run.tf32", on_cpu},
      {"run.channels_last", channels_last_reason},
      {"run.max_memory", max_memory_reason},
      {"train.test_root", test_root_reason},
  };
  return all;
}

}  // namespace

std::string idle_reason(const Setting& setting, const Config& config, Purpose purpose) {
  if (!setting.serves(purpose)) return {};
  const auto found = reasons().find(setting.key);
  return found == reasons().end() ? strategy_reason(setting, config)
                                  : found->second(config, purpose);
}

}  // namespace wrcor
