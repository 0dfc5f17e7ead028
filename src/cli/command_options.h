#pragma once

#include <string>
#include <vector>

#include "wrcor/config/config_loader.h"

// What the command lines of the commands say that the engine runs.
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

/// libtorch writes ONNX by way of Python only.
inline constexpr const char* onnx_line =
    "python3 -c \"import torch; torch.onnx.export(torch.jit.load('net.pt').eval(), "
    "torch.zeros(1, 3, 32, 32), 'net.onnx', dynamo=False)\"";

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
