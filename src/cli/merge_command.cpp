#include <spdlog/spdlog.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "commands.h"
#include "core/counted.h"
#include "options.h"
#include "record/run_folder.h"
#include "record/run_merge.h"
#include "record/score_merge.h"
#include "report/ranking_report.h"
#include "wrcor/core/error.h"

namespace wrcor::cli {
namespace {

struct MergeOptions {
  std::vector<std::string> parts;
  std::string out;
};

void merge_searches(const MergeOptions& options) {
  const RunDirectory out{options.out};
  const auto result = merge_runs({options.parts.begin(), options.parts.end()}, out);
  if (!result) {
    spdlog::info("the search is not finished: wrcor search --resume --out {}",
                 shell_word(options.out));
    return;
  }
  spdlog::info("{}", summary_line(*result));
  spdlog::info("the whole ranking: {}", out.result().string());
}

void merge_scores(const MergeOptions& options) {
  const ScoreMerge merge =
      merge_score_files({options.parts.begin(), options.parts.end()}, options.out);
  spdlog::info("{} in '{}'{}", counted(merge.architectures, "architecture"), options.out,
               merge.repeated > 0
                   ? ", " + counted(merge.repeated, "line was", "lines were") + " there twice"
                   : "");
}

void run_merge(const MergeOptions& options) {
  const auto folders =
      std::count_if(options.parts.begin(), options.parts.end(), [](const std::string& part) {
        std::error_code missing;
        return std::filesystem::is_directory(part, missing);
      });
  if (folders == 0) return merge_scores(options);
  if (folders < std::ssize(options.parts))
    throw UsageError("expected folders of searches or files of scores, got both");
  merge_searches(options);
}

}  // namespace

void setup_merge(CLI::App& command) {
  auto options = std::make_shared<MergeOptions>();
  command
      .add_option("parts", options->parts,
                  "folders of shards or interrupted runs of one search, or files of scores")
      ->required()
      ->type_name("PATH");
  add_path(command, "--out", options->out, "PATH",
           "new folder of the search, or new file of the scores")
      .required();
  set_example(command, "wrcor merge runs/1 runs/2 runs/3 --out runs/all");
  set_action(
      command, [options] { run_merge(*options); },
      [options]() -> std::vector<std::filesystem::path> {
        std::vector<std::filesystem::path> files = RunDirectory{options->out}.files();
        files.emplace_back(options->out);  // of scores
        return files;
      });
}

}  // namespace wrcor::cli
