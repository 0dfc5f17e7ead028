#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "train/batch_stream.h"
#include "train/labelled_images.h"
#include "train/recipe.h"
#include "train/sgd.h"
#include "train/trainable_network.h"
#include "train/training_position.h"
#include "wrcor/core/error.h"

namespace wrcor {

/// The loss is no longer a number, and more of the same training would not help.
class DivergedError : public RunError {
 public:
  using RunError::RunError;
};

/// Trains a network by a recipe, epoch after epoch. The next step is a function of the tensors of
/// state(): a trainer that has restored them continues with the same bytes. The images of a batch
/// depend only on the seed and the epoch, the view of an image on these and its index.
class Trainer {
 public:
  /// Called after each batch; may throw to stop the training.
  using BatchSink = std::function<void(const TrainingPosition&)>;

  /// @param network, training  outlive the object; two or more images
  Trainer(TrainableNetwork& network, const LabelledImages& training, const TrainingRecipe& recipe,
          Placement placement);

  const TrainingPosition& position() const { return position_; }
  bool finished() const { return position_.epoch == recipe_.epochs; }
  double learning_rate() const { return recipe_.learning_rate_of(position_.epoch); }
  std::int64_t batches_per_epoch() const;

  /// Continues to the end of the current epoch, which stays the current one.
  /// @throws DivergedError when the loss is no longer finite; what `after_batch` throws
  void finish_epoch(const BatchSink& after_batch = {});
  void begin_next_epoch();

  /// Tensors of the network ("network.<name>"), of the optimiser ("velocity.<name>"), and the
  /// position ("position", "sums"). Those of the network and the optimiser share memory with them.
  std::map<std::string, at::Tensor> state() const;
  /// @param origin  file of the state, for messages
  /// @throws DataError when it is not the state of such a training
  void restore(const std::map<std::string, at::Tensor>& state, const std::string& origin);

 private:
  std::vector<std::int64_t> order_of_epoch() const;
  void train_on(const LabelledBatch& batch);

  TrainableNetwork& network_;
  const LabelledImages& training_;
  TrainingRecipe recipe_;
  Placement placement_;
  Sgd optimiser_;
  TrainingPosition position_;
};

/// Performance of a network on unaugmented images, with its running statistics.
/// @param stop_point  called before each batch; may throw to stop. Empty: nothing is called
/// @throws DivergedError when the loss is not a number
Performance evaluate(TrainableNetwork& network, const LabelledImages& images, int batch_size,
                     Placement placement, const std::function<void()>& stop_point = {});

}  // namespace wrcor
