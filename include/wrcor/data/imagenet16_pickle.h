#pragma once

#include <string>
#include <string_view>

namespace wrcor {

/// The images of ImageNet16-120 in a published file of the 16x16 ImageNet (`train_data_batch_1` to
/// `train_data_batch_10`): a pickle, protocol 2 to 5, of a dictionary with 'data', numpy uint8
/// [N, 768], the red plane of an image, then green, then blue, and 'labels', N integers 1 to 1000,
/// in a list or a numpy array. Other keys are ignored, as are images with labels above 120. The
/// pickle is taken as data: whatever it names, nothing is run.
///
/// @param bytes  the whole file
/// @param name   of the file, for messages
/// @return one record an image, 769 bytes: label - 1, then the pixels
/// @throws DataError, one line, for anything else. Time and memory are within a constant factor of
///         the size of `bytes`.
/// Source: Chrabaszcz et al., arXiv 1707.08819; Dong and Yang, arXiv 2001.00326.
std::string parse_imagenet16_pickle(std::string_view bytes, const std::string& name);

}  // namespace wrcor
