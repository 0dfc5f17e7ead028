#include <spdlog/spdlog.h>

#include <filesystem>
#include <memory>
#include <optional>

#include "../architecture.h"
#include "../commands.h"
#include "../options.h"
#include "../output.h"
#include "wrcor/config/chosen_space.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/config/seeds.h"
#include "wrcor/config/settings.h"
#include "wrcor/core/error.h"
#include "wrcor/core/file.h"
#include "wrcor/core/suggest.h"
#include "wrcor/export/formats.h"
#include "wrcor/minibatch/minibatch.h"
#include "wrcor/minibatch/tensor_file.h"
#include "wrcor/nn/draws.h"
#include "wrcor/nn/initial_state.h"
#include "wrcor/space/builtin.h"

namespace wrcor::cli {
namespace {

/// Settings of drawn weights.
constexpr const char* drawing[] = {"score.init", "score.weights_mode", "run.seed"};

/// libtorch can write ONNX only through Python.
constexpr const char* onnx_line =
    "python3 -c \"import torch; torch.onnx.export(torch.jit.load('net.pt').eval(), "
    "torch.zeros(1, 3, 32, 32), 'net.onnx', dynamo=False)\"";

struct ExportOptions {
  ConfigSources sources;
  std::string architecture;  ///< as read_architecture() accepts it
  std::string format = "torchscript";
  std::string weights;  ///< empty: drawn
  std::string classes;  ///< empty: those of the data set
  std::string out;      ///< empty: standard output
  bool force = false;
};

MacroSettings network_size(const ExportOptions& options, const Config& config) {
  const DatasetInfo data = dataset_info(config);
  MacroSettings macro{config.space.channels, config.space.cells, data.classes, data.image.height,
                      data.image.width};
  if (!config.data.batch_file.empty()) {
    const at::Tensor images = load_minibatch(config.data.batch_file).images;
    macro.height = static_cast<int>(images.size(2));
    macro.width = static_cast<int>(images.size(3));
  }
  if (!options.classes.empty())
    macro.classes = static_cast<int>(whole_number("--classes", options.classes, 1, 1'000'000));
  return macro;
}

/// The tensors of a file, or those that `wrcor search` and `wrcor score` evaluate first.
std::map<std::string, at::Tensor> network_state(const ExportOptions& options, const Config& config,
                                                const SearchSpace& space,
                                                const Genotype& genotype) {
  const NetworkPlan plan = space.plan(genotype);
  if (!options.weights.empty()) {
    return StateDict(options.weights, load_weights_file(options.weights), plan, at::kCPU).tensors();
  }
  const std::uint64_t seed = weights_seed(seeds(config).weights, /*repeat=*/0,
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
  return export_formats().find(options.format).make;
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
    throw UsageError("--out: '" + options.out + "' is no file that could be replaced");
  if (!options.force)
    throw UsageError("'" + options.out + "' exists; choose another --out, or --force replaces it");
}

void require_use_of_weights(ExportOptions& options, const ExportFormat& format) {
  if (format.is_source && !options.weights.empty())
    throw UsageError("--weights: the format '" + options.format + "' has none");
  if (!format.is_source && options.weights.empty()) return;
  for (const char* key : drawing) {
    options.sources.unused[key] = format.is_source
                                      ? "the format '" + options.format + "' has no weights"
                                      : "the weights are those of --weights";
  }
}

void run_export(ExportOptions options) {
  const ExportFormat& format = chosen_format(options);
  require_place(options, format);
  require_use_of_weights(options, format);
  const std::optional<RankedArchitecture> ranked =
      find_ranked(options.architecture, options.sources);

  const Config config = load_config(options.sources);
  const auto space = spaces().find(config.space.name).make(network_size(options, config));
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

std::string format_help(const std::string& fallback) {
  std::string text;
  for (const auto& entry : export_formats().entries())
    text += entry.name + ": " + entry.summary + "\n";
  return text + "(default " + fallback + ")";
}

}  // namespace

void setup_export(CLI::App& command) {
  auto options = std::make_shared<ExportOptions>();
  command
      .add_option("architecture", options->architecture,
                  std::string(architecture_forms) +
                      ";\nof a run, sizes and weights are those of its config.json, unless "
                      "--config or others say otherwise")
      ->required();
  command.add_option("--format", options->format, format_help(options->format))->type_name("NAME");
  command
      .add_option("--out", options->out,
                  "write to this file; without it, source goes to standard output")
      ->type_name("FILE");
  command.add_flag("--force", options->force, "replace the file if it exists");
  command
      .add_option(
          "--weights", options->weights,
          "state dict of the network, or checkpoint that has one, written by torch.save; by "
          "default weights are drawn as for score and search")
      ->type_name("FILE.pt");
  command
      .add_option("--classes", options->classes,
                  "classes of the data; by default those of the data set")
      ->type_name("N");
  std::vector<std::string> keys{"space", "data.name", "data.root", "data.image_size",
                                "data.batch_file"};
  keys.insert(keys.end(), std::begin(drawing), std::end(drawing));
  add_settings(command, keys, options->sources);
  set_example(command,
              "wrcor export runs/first --out best.pt\n"
              "  wrcor export runs/first#2 --format python --out second.py\n"
              "ONNX of a TorchScript file, by PyTorch 2.5 or later:\n  " +
                  std::string(onnx_line));
  set_action(
      command, [options] { run_export(*options); },
      [options]() -> std::vector<std::filesystem::path> {
        if (options->out.empty()) return {};
        return {options->out};
      });
}

}  // namespace wrcor::cli
