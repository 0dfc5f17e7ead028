#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "wrcor/nn/initialisation.h"
#include "wrcor/score/proxies.h"
#include "wrcor/search/builtin.h"
#include "wrcor/space/builtin.h"
#include "wrcor/space/network_plan.h"

namespace wrcor {

/// Everything that determines the outcome of a run and its execution. Filled from flags,
/// environment variables and a YAML or JSON file by config_loader.h; settings.cpp describes every
/// member once.
struct Config {
  SpaceChoice space;

  struct Data {
    std::string name = "synthetic";
    std::string root;        ///< empty: the cache folder
    std::string image_size;  ///< "N" or "HxW"; empty: the data set's own
    std::string batch_file;  ///< a .pt file with images and labels; empty: draw a minibatch from
                             ///< the data set
    int batch_size = 64;
    bool augment = true;
    bool download = true;  ///< what the cache folder lacks; never changes a result
    std::string mirror;    ///< URL of a folder that has the archives; empty: their authors'
  } data;

  struct Score {
    /// As given, see effective_proxies(); empty: those that the ranking needs.
    std::vector<std::string> proxies;
    std::string rank_by;  ///< a rule; empty: the first of the proxies, or auto
    Counting counting = Counting::reference;
    ProxyInput proxy_input = ProxyInput::published;
    Initialisation init = Initialisation::standard;
    WeightsMode weights_mode = WeightsMode::shared;
    int repeats = 1;
  } score;

  struct Search {
    std::string strategy = "evolution";
    std::optional<std::int64_t>
        budget;  ///< unset: 1000, or the whole space for an exhaustive search
    std::optional<double> max_seconds;
    int window = 16;
    Dedupe dedupe = Dedupe::strict;
    /// Options of the strategies by name, see StrategyOption; those not given have their fallback.
    std::map<std::string, OptionValue> options;
    std::string minimize;  ///< "NAME,NAME": costs; empty: none
    /// Number of top architectures that are scored with all score.repeats at the end, the others
    /// only with the first; unset: all are.
    std::optional<std::int64_t> refine;
    std::string shard;  ///< "I/N", see Shard; empty: all
    std::string queue;  ///< URL of the queue that workers take evaluations from; empty: none
    std::string queue_password_file;  ///< empty: the environment may have the password
    int queue_lease = 60;  ///< seconds of silence after which the work of a worker goes to others
    bool mixed = false;    ///< admits workers whose scores differ in their last digits
  } search;

  struct Constraints {
    std::optional<std::int64_t> min_params;
    std::optional<std::int64_t> max_params;
    std::optional<std::int64_t> max_flops;
    std::string max_cost;    ///< "NAME=VALUE,NAME=VALUE"; empty: none
    std::string cost_table;  ///< a CSV file of measured costs; empty: none
  } constraints;

  struct Run {
    std::uint64_t seed = 0;
    std::string device = "auto";
    int workers = 0;             ///< 0: chosen by the program; never changes a result
    int threads = 1;             ///< of each worker
    int networks_per_batch = 0;  ///< networks per batch of a worker; 0: chosen by the program
    /// Limit for the tensors of one worker on the CPU, in MiB; nothing: no limit.
    std::optional<std::int64_t> max_memory;
    bool tf32 = false;
    bool channels_last = true;
  } run;

  struct Train {
    std::string arch;     ///< architecture string; a command also accepts other forms of a name
    std::string weights;  ///< a .pt file to start from; empty: drawn weights
    int epochs = 12;
    int batch_size = 256;
    double learning_rate = 0.1;  ///< of the first epoch
    double momentum = 0.9;
    double weight_decay = 5e-4;
    std::optional<std::int64_t> images;       ///< drawn from those for training; unset: all
    std::optional<std::int64_t> test_images;  ///< drawn from those for tests; unset: all
    /// Fraction of the training images that is kept for tests; unset: the data set's own test
    /// images are used.
    std::optional<double> holdout;
    std::string test_root;     ///< folder of the test images of `--data folder`
    int checkpoint_every = 1;  ///< epochs; never changes a result
  } train;
};

}  // namespace wrcor
