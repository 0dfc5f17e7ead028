#include <spdlog/spdlog.h>

#include <filesystem>
#include <memory>
#include <optional>

#include "../architecture.h"
#include "../options.h"
#include "../output.h"
#include "config/chosen_data.h"
#include "core/file.h"
#include "export/formats.h"
#include "minibatch/minibatch.h"
#include "minibatch/tensor_file.h"
#include "nn/draws.h"
#include "nn/initial_state.h"
#include "runs.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/config/settings.h"
#include "wrcor/core/error.h"
#include "wrcor/core/random.h"
#include "wrcor/core/registry.h"
#include "wrcor/space/builtin.h"

namespace wrcor::cli {
namespace {

NetworkInput network_input(const ExportOptions& options, const Config& config) {
  const DatasetInfo data = dataset_info(config);
  NetworkInput input{data.image, data.classes};
  if (!config.data.batch_file.empty()) {
    const at::Tensor images = load_minibatch(config.data.batch_file).images;
    input.image.height = static_cast<int>(images.size(2));
    input.image.width = static_cast<int>(images.size(3));
  }
  if (!options.classes.empty())
    input.classes = static_cast<int>(whole_number("--classes", options.classes, 1, 1'000'000));
  return input;
}

/// The tensors of a file, or those that `wrcor search` and `wrcor score` evaluate first.
std::map<std::string, at::Tensor> network_state(const ExportOptions& options, const Config& config,
                                                const SearchSpace& space,
                                                const Genotype& genotype) {
  const NetworkPlan plan = space.plan(genotype);
  if (!options.weights.empty()) {
    return StateDict(options.weights, load_weights_file(options.weights), plan, at::kCPU).tensors();
  }
  const std::uint64_t seed = weights_seed(seeds_of(config.run.seed).weights, /*repeat=*/0,
                                          config.score.weights_mode, space.format(genotype));
  return initial_state(plan, WeightBank(seed, config.score.init, at::kCPU));
}

/// The findings of a run about the network.
std::vector<std::string> remarks_on(const RankedArchitecture& ranked) {
  std::vector<std::string> remarks{
      fmt::format("Rank {} of a search; its scores before any training:", ranked.rank), ""};
  for (const auto& [proxy, score] : ranked.scores)
    remarks.push_back(fmt::format("    {} {:.6g}", proxy, score));
  remarks.emplace_back();
  return remarks;
}

const ExportFormat& chosen_format(const ExportOptions& options) {
  if (options.format == "onnx")
    throw UsageError("--format: ONNX is made of TorchScript, here net.pt: " +
                     std::string(onnx_line));
  return export_formats().find(options.format).value;
}

void require_place(const ExportOptions& options, const ExportFormat& format) {
  if (options.out.empty()) {
    if (format.is_source) return;
    throw UsageError("the format '" + options.format + "' is not text: name a file by --out");
  }
  std::error_code unreachable;  // writing it reports the error
  const std::filesystem::file_status there = std::filesystem::status(options.out, unreachable);
  if (!std::filesystem::exists(there)) return;
  if (!std::filesystem::is_regular_file(there))
    throw UsageError("--out: '" + options.out + "' is not a file that could be replaced");
  if (!options.force)
    throw UsageError("'" + options.out + "' exists; choose another --out, or --force replaces it");
}

void require_use_of_weights(ExportOptions& options, const ExportFormat& format) {
  if (format.is_source && !options.weights.empty())
    throw UsageError("--weights: the format '" + options.format + "' has none");
  if (!format.is_source && options.weights.empty()) return;
  for (const char* key : settings_of_draws) {
    options.sources.unused[key] = format.is_source
                                      ? "the format '" + options.format + "' has no weights"
                                      : "the weights are those of --weights";
  }
}

}  // namespace

void run_export(ExportOptions options) {
  const ExportFormat& format = chosen_format(options);
  require_place(options, format);
  require_use_of_weights(options, format);
  const std::optional<RankedArchitecture> ranked =
      find_ranked(options.architecture, options.sources);

  const Config config = load_config(options.sources);
  const auto space = make_space(config.space, network_input(options, config));
  const Genotype genotype = read_architecture(*space, options.architecture);
  ExportedNetwork network{*space, genotype, {}};
  if (!format.is_source) network.state = network_state(options, config, *space, genotype);
  if (ranked) network.remarks = remarks_on(*ranked);
  const std::string content = format.content(network);
  if (options.out.empty()) {
    write_output(content);
    return;
  }
  if (options.force) {
    write_file_atomic(options.out, content);
  } else {
    write_new_file(options.out, content);
  }
  spdlog::info("'{}' has {} as {}", options.out, space->format(genotype), options.format);
}

}  // namespace wrcor::cli
