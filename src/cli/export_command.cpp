#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "architecture.h"
#include "commands.h"
#include "export/folder_names.h"
#include "options.h"
#include "wrcor/core/registry.h"

namespace wrcor::cli {
namespace {

std::string format_help(const std::string& fallback) {
  std::string text;
#define WRCOR_EXPORT_FORMAT(name, summary) text += #name ": " summary "\n";
#include "export/formats.inc"
#undef WRCOR_EXPORT_FORMAT
  return text + optuna_journal_format +
         ": a run as a study that Optuna and its dashboard load (default " + fallback + ")";
}

std::vector<std::string> format_names() {
  return {
#define WRCOR_EXPORT_FORMAT(name, summary) #name,
#include "export/formats.inc"
#undef WRCOR_EXPORT_FORMAT
      optuna_journal_format};
}

std::string format_problem(const std::string& name) {
  const std::vector<std::string> names = format_names();
  if (std::ranges::find(names, name) != names.end()) return {};
  return unknown_name_message("export format", "export formats", name, names);
}

/// Any file that --out may name counts as written.
std::vector<std::filesystem::path> written_files(const std::string& out) {
  if (out.empty()) return {};
  std::vector<std::filesystem::path> files{out};
  for (const char* name : model_folder::all) files.push_back(std::filesystem::path(out) / name);
  return files;
}

}  // namespace

void setup_export(CLI::App& command, const Run<ExportOptions>& run) {
  auto options = std::make_shared<ExportOptions>();
  command
      .add_option("architecture", options->architecture,
                  std::string(architecture_forms) +
                      ";\nof a run, sizes and weights are those of its config.json, unless "
                      "--config or others say otherwise")
      ->required();
  auto* format = command.add_option("--format", options->format, format_help(options->format));
  set_candidates(*format->type_name("NAME")->check(format_problem), format_names());
  add_path(command, "--out", options->out, "FILE",
           "write to this file, or folder; without it, source goes to standard output");
  command.add_flag("--force", options->force,
                   "replace the file, or those of the folder, if it exists");
  add_path(command, "--weights", options->weights, "FILE",
           "state dict of the network, or checkpoint that has one, written by torch.save, or "
           "safetensors; by default weights are drawn as for score and search");
  command
      .add_option("--classes", options->classes,
                  "classes of the data; by default those of the data set")
      ->type_name("N");
  std::vector<std::string> keys{"space", "data.name", "data.root", "data.image_size",
                                "data.batch_file"};
  keys.insert(keys.end(), std::begin(settings_of_draws), std::end(settings_of_draws));
  add_settings(command, keys, options->sources);
  set_example(command,
              "wrcor export runs/first --out best.pt\n"
              "  wrcor export runs/first#2 --format python --out second.py\n"
              "  wrcor export runs/first --format safetensors --out first-model\n"
              "  wrcor export runs/first --format optuna-journal --out first.log");
  set_action(
      command, [options, run] { run(*options); },
      [options] { return written_files(options->out); });
}

}  // namespace wrcor::cli
