#pragma once

#include <string>
#include <vector>

#include "wrcor/config/config_loader.h"

// The options of the commands that the engine runs.
namespace wrcor::cli {

struct SearchOptions {
  ConfigSources sources;
  std::string out;
  bool resume = false;
  bool dry_run = false;
  int top = 10;
  std::string format = "table";
};

struct ScoreOptions {
  ConfigSources sources;
  std::vector<std::string> architectures;
  std::string architecture_file;
  bool all = false;
  bool unique = false;
  std::string weights;
  std::string shard;
  std::string format = "jsonl";
  bool format_given = false;
  bool plan = false;
  std::string explained;  ///< architecture; empty: none
  std::string out;
};

struct ExportOptions {
  ConfigSources sources;
  std::string architecture;  ///< as read_architecture() takes it
  std::string format = "torchscript";
  std::string weights;  ///< empty: drawn
  std::string classes;  ///< empty: those of the data set
  std::string out;      ///< empty: standard output
  bool force = false;
};

/// Settings of weights that are drawn.
inline constexpr const char* settings_of_draws[] = {"score.init", "score.weights_mode", "run.seed"};

/// The format of `wrcor export` that takes a run rather than a network.
inline constexpr const char* optuna_journal_format = "optuna-journal";

struct TrainOptions {
  ConfigSources sources;
  std::string out;
  bool resume = false;
  std::string format = "table";
};

struct WorkerOptions {
  ConfigSources sources;
  std::string queue;
  std::string password_file;
  int max_idle = 600;
};

struct DataFetchOptions {
  ConfigSources sources;
  std::vector<std::string> names;
};

struct DataInfoOptions {
  std::string format = "table";
};

struct DoctorOptions {
  ConfigSources sources;
  std::vector<std::string> golden_folders;
  bool self_test = false;
};

}  // namespace wrcor::cli
