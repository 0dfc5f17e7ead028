#include <spdlog/spdlog.h>

#include <filesystem>
#include <iterator>
#include <memory>
#include <optional>

#include "../architecture.h"
#include "../options.h"
#include "../output.h"
#include "core/counted.h"
#include "core/file.h"
#include "export/folder_names.h"
#include "export/formats.h"
#include "minibatch/minibatch.h"
#include "minibatch/tensor_file.h"
#include "nn/draws.h"
#include "nn/initial_state.h"
#include "record/finished_run.h"
#include "record/run_directory.h"
#include "report/optuna_journal.h"
#include "runs.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/config/settings.h"
#include "wrcor/core/error.h"
#include "wrcor/core/random.h"
#include "wrcor/core/registry.h"
#include "wrcor/space/builtin.h"

namespace wrcor::cli {
namespace {

/// The input has the size of the images in a batch file, if one is chosen. The run that ranked the
/// network has recorded it, so that its file is not read.
NetworkInput input_of_export(const ExportOptions& options, const Config& config,
                             const std::optional<RankedArchitecture>& ranked) {
  NetworkInput input = network_input(config, options.classes, ranked);
  const bool is_known = ranked && ranked->height && uses_images_of(*ranked, config);
  if (!config.data.batch_file.empty() && !is_known) {
    const at::Tensor images = load_minibatch(config.data.batch_file).images;
    input.image.height = static_cast<int>(images.size(2));
    input.image.width = static_cast<int>(images.size(3));
  }
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

std::string origin_of_weights(const ExportOptions& options) {
  if (options.weights.empty()) return "The weights are initial ones: the network is not trained.";
  return "The weights are those of " + std::filesystem::path(options.weights).filename().string() +
         ".";
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

/// Whether --out names a folder rather than the file alone.
bool fills_folder(const ExportOptions& options, const ExportFormat& format) {
  if (format.companions == nullptr) return false;
  const auto extension = [](const std::filesystem::path& path) { return path.extension(); };
  return extension(options.out) != extension(format.name_in_folder);
}

void require_new_file(const std::filesystem::path& path, bool force) {
  require_no_file_of_run(path);
  std::error_code unreachable;  // writing it reports the error
  const std::filesystem::file_status there = std::filesystem::status(path, unreachable);
  if (!std::filesystem::exists(there)) return;
  if (!std::filesystem::is_regular_file(there))
    throw UsageError("--out: '" + path.string() + "' is not a file that could be replaced");
  if (!force)
    throw UsageError("'" + path.string() +
                     "' exists; choose another --out, or --force replaces it");
}

void require_new_folder(const std::filesystem::path& path, bool force) {
  std::error_code unreachable;
  const std::filesystem::file_status there = std::filesystem::status(path, unreachable);
  if (std::filesystem::exists(there) && !std::filesystem::is_directory(there)) {
    throw UsageError("--out: '" + path.string() +
                     "' is not a folder; name one, or a file that ends in " +
                     std::filesystem::path(model_folder::weights).extension().string());
  }
  for (const char* name : model_folder::all) require_new_file(path / name, force);
}

void require_place(const ExportOptions& options, const ExportFormat& format) {
  if (options.out.empty()) {
    if (options.force) throw UsageError("--force: has no effect without --out; leave it out");
    if (format.is_source) return;
    throw UsageError("the format '" + options.format + "' is not text: name a file by --out");
  }
  if (fills_folder(options, format)) {
    require_new_folder(options.out, options.force);
  } else {
    require_new_file(options.out, options.force);
  }
}

void write_file(const std::filesystem::path& path, const std::string& content, bool force) {
  if (force) {
    write_file_atomic(path, content);
  } else {
    write_new_file(path, content);
  }
}

/// The weights last: a folder that has them is complete.
void write_folder(const ExportOptions& options, const ExportFormat& format,
                  const ExportedNetwork& network) {
  const std::filesystem::path folder = options.out;
  const CreatedFolders made(make_folder(folder));
  std::vector<std::filesystem::path> added;
  const auto write = [&](const std::string& name, const std::string& content) {
    const std::filesystem::path path = folder / name;
    const bool is_new = !file_exists(path);
    write_file(path, content, options.force);
    if (is_new) added.push_back(path);
  };
  try {
    for (const ExportedFile& file : format.companions(network)) write(file.name, file.content);
    write(format.name_in_folder, format.content(network));
  } catch (const Error&) {  // such as a full disk: the same command can be repeated
    std::error_code kept;
    for (const std::filesystem::path& path : added) std::filesystem::remove(path, kept);
    throw;
  }
}

void require_use_of_weights(ExportOptions& options, const ExportFormat& format) {
  if (format.is_source && !options.weights.empty())
    throw UsageError("--weights: the format '" + options.format + "' has none");
  if (!format.is_source && options.weights.empty()) {
    // Whatever proxies the configuration names.
    options.sources.used.insert(std::begin(settings_of_draws), std::end(settings_of_draws));
    return;
  }
  for (const char* key : settings_of_draws) {
    options.sources.unused[key] = format.is_source
                                      ? "the format '" + options.format + "' has no weights"
                                      : "the weights are those of --weights";
  }
}

/// Exports a run as a whole, to which options for a network do not apply.
void export_study(const ExportOptions& options) {
  if (options.out.empty())
    throw UsageError("the format '" + options.format + "' is a file: name it by --out");
  if (!options.weights.empty() || !options.classes.empty() || options.sources.file ||
      !options.sources.flags.empty()) {
    throw UsageError("the format '" + options.format +
                     "' takes a run as it is: --out and --force are its only options");
  }
  require_new_file(options.out, options.force);
  const FinishedRun run = read_finished_run(options.architecture);
  const std::string name = std::filesystem::canonical(options.architecture).filename().string();
  write_file(options.out, optuna_journal(run, name), options.force);
  spdlog::info("'{}' has the study '{}' of {}", options.out, name,
               counted(run.ranking.size(), "trial"));
}

}  // namespace

void run_export(ExportOptions options) {
  if (options.format == optuna_journal_format) return export_study(options);
  const ExportFormat& format = export_formats().find(options.format).value;
  require_place(options, format);
  require_use_of_weights(options, format);
  const std::optional<RankedArchitecture> ranked =
      find_ranked(options.architecture, options.sources);

  const Config config = load_config(options.sources);
  const auto space = make_space(config.space, input_of_export(options, config, ranked));
  const Genotype genotype = read_architecture(*space, options.architecture);
  ExportedNetwork network{*space, genotype, {}};
  if (!format.is_source) network.state = network_state(options, config, *space, genotype);
  if (ranked) network.remarks = remarks_on(*ranked);
  network.origin_of_weights = origin_of_weights(options);
  network.space_settings = result_config(config).at("space");
  if (options.out.empty()) {
    write_output(format.content(network));
    return;
  }
  if (fills_folder(options, format)) {
    write_folder(options, format, network);
  } else {
    write_file(options.out, format.content(network), options.force);
  }
  spdlog::info("'{}' has {} as {}", options.out, space->format(genotype), options.format);
}

}  // namespace wrcor::cli
