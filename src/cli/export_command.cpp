#include <memory>
#include <string>
#include <vector>

#include "architecture.h"
#include "commands.h"
#include "options.h"

namespace wrcor::cli {
namespace {

std::string format_help(const std::string& fallback) {
  std::string text;
#define WRCOR_EXPORT_FORMAT(name, summary) text += #name ": " summary "\n";
#include "export/formats.inc"
#undef WRCOR_EXPORT_FORMAT
  return text + "(default " + fallback + ")";
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
  keys.insert(keys.end(), std::begin(settings_of_draws), std::end(settings_of_draws));
  add_settings(command, keys, options->sources);
  set_example(command,
              "wrcor export runs/first --out best.pt\n"
              "  wrcor export runs/first#2 --format python --out second.py\n"
              "ONNX of a TorchScript file, by PyTorch 2.5 or later:\n  " +
                  std::string(onnx_line));
  set_action(
      command, [options, run] { run(*options); },
      [options]() -> std::vector<std::filesystem::path> {
        if (options->out.empty()) return {};
        return {options->out};
      });
}

}  // namespace wrcor::cli
