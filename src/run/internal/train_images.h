#pragma once

#include <functional>

#include <nlohmann/json.hpp>

#include "train/labelled_images.h"
#include "wrcor/config/run_spec.h"
#include "wrcor/data/download.h"

namespace wrcor {

/// The images that a network is trained on, and those that it is evaluated on.
struct TrainingImages {
  LabelledImages training;
  LabelledImages test;
  bool held_out = false;  ///< the latter are training images that are not trained on

  /// Describes them, with the SHA-256 of each part.
  nlohmann::ordered_json description() const;
};

/// Chooses and reads the images that the configuration asks for.
/// @param stop_point  called repeatedly; may throw to give up
/// @throws UsageError for a part that is larger than the data set; as open_dataset() does
TrainingImages read_training_images(const RunSpec& spec, const DownloadSink& download,
                                    const std::function<void()>& stop_point);

}  // namespace wrcor
