#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wrcor {

/// Labels in a pickle: N integers `least` to `most` under `key`, in a list or a numpy array.
struct PickledLabels {
  std::string key;
  int least = 0;
  int most = 0;
};

/// Content of the published pickles of a data set: a dictionary with 'data', numpy uint8 [N, 3 *
/// side * side], the red plane of an image, then green, then blue, and one or several kinds of
/// labels. Other keys are ignored.
struct PickledImages {
  int side;  ///< pixels
  std::vector<PickledLabels> labels;
  /// Images whose last label, less its least, is this or more are ignored.
  std::optional<int> classes = {};
};

/// `data_batch_1` to `data_batch_5` and `test_batch` of CIFAR-10.
const PickledImages& cifar10_pickle();
/// `train` and `test` of CIFAR-100.
const PickledImages& cifar100_pickle();
/// `train_data_batch_1` to `train_data_batch_10` and `val_data` of the 16x16 ImageNet, of whose
/// 1000 classes ImageNet16-120 has the first 120.
const PickledImages& imagenet16_pickle();

/// The images in a pickle, protocol 2 to 5, which is read as data: no code that it names is run.
///
/// @param bytes  the whole file
/// @param name   of the file, for messages
/// @return one record per image: each label less its least, a byte, then the pixels
/// @throws DataError, one line, for anything else. Time and memory are within a constant factor of
///         the size of `bytes`.
/// Source: https://www.cs.toronto.edu/~kriz/cifar.html; Chrabaszcz et al., arXiv 1707.08819; Dong
/// and Yang, arXiv 2001.00326.
std::string parse_image_pickle(std::string_view bytes, const std::string& name,
                               const PickledImages& form);

}  // namespace wrcor
