#include <memory>
#include <string>
#include <vector>

#include "architecture.h"
#include "commands.h"
#include "options.h"

namespace wrcor::cli {

void setup_score(CLI::App& command, const Run<ScoreOptions>& run) {
  auto options = std::make_shared<ScoreOptions>();
  command
      .add_option("--arch", options->architectures,
                  "architecture string (not an id); may be given several times")
      ->type_name("STR");
  add_path(command, "--arch-file", options->architecture_file, "FILE",
           "file with one architecture per line; - for standard input");
  auto* all = command.add_flag("--all", options->all, "every architecture of the space");
  command.add_flag("--unique", options->unique, "the representative of every strict class")
      ->excludes(all);
  add_path(command, "--weights", options->weights, "FILE",
           "state dict of the one architecture, or checkpoint that has one, written by torch.save, "
           "or safetensors");
  command
      .add_option(
          "--explain", options->explained,
          std::string("explain the score of this architecture and its uncertainty over --repeats "
                      "(default here 8) draws of weights and minibatches;\n") +
              architecture_forms)
      ->type_name("ARCH");
  command.add_flag("--plan", options->plan,
                   "print the passes, the proxies that use them and their cost instead of scores; "
                   "without architectures, for five random ones");
  command.add_option("--shard", options->shard, "the I-th of N equal parts of the architectures")
      ->type_name("I/N");
  add_choice(command, "--format", options->format, {"jsonl", "csv", "table"}, "form of the scores");
  add_path(command, "--out", options->out, "FILE",
           "write to this file instead of standard output; an existing one is continued");
  options->sources.defaults["score.proxies"] = "wrcor";
  add_settings(command,
               {"space", "data", "score.proxies", "score.counting", "score.proxy_input",
                "score.init", "score.weights_mode", "score.repeats", "run"},
               options->sources);
  set_example(command,
              "wrcor score --proxy wrcor,acor --arch "
              "'|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|"
              "skip_connect~2|'");
  set_action(
      command,
      [options, run, &command] {
        options->format_given = command.count("--format") > 0;
        run(*options);
      },
      [options]() -> std::vector<std::filesystem::path> {
        if (options->out.empty()) return {};
        return {options->out, options->out + ".lock"};
      });
}

}  // namespace wrcor::cli
