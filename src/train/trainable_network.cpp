#include "train/trainable_network.h"

#include "nn/operator.h"
#include "nn/schedule.h"

namespace wrcor {
namespace {

constexpr double statistics_momentum = 0.1;

}  // namespace

TrainableNetwork::TrainableNetwork(NetworkPlan plan, const WeightSource& weights, at::Device device)
    : network_(Network(std::move(plan), weights).transformed([&](const at::Tensor& weight) {
        return weight.to(device).clone().requires_grad_();
      })),
      last_reader_(last_readers(network_.plan())) {
  const auto& layers = network_.plan().layers;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const auto position = static_cast<int>(i);
    for (const Parameter& parameter : layers[i].parameters) names_.push_back(parameter.name);
    const Network::LayerWeights& its = network_.weights(position);
    for (const at::Tensor& tensor : {its.weight, its.bias}) {
      if (tensor.defined()) parameters_.push_back(tensor);
    }
    if (layers[i].buffers.empty()) continue;
    const auto options = at::TensorOptions(device).dtype(at::kFloat);
    statistics_[position] = {at::zeros({layers[i].out.channels}, options),
                             at::ones({layers[i].out.channels}, options), at::zeros({}, at::kLong)};
  }
}

at::Tensor TrainableNetwork::logits(const at::Tensor& images, Mode mode) {
  const auto& layers = network_.plan().layers;
  std::vector<at::Tensor> outputs(layers.size());
  outputs[0] = images;
  for (std::size_t i = 1; i < layers.size(); ++i) {
    const auto position = static_cast<int>(i);
    std::vector<at::Tensor> inputs;
    for (const int input : layers[i].inputs)
      inputs.push_back(outputs[static_cast<std::size_t>(input)]);
    outputs[i] = output(position, inputs, mode);
    for (const int input : layers[i].inputs) {
      const auto read = static_cast<std::size_t>(input);
      if (last_reader_[read] == position) outputs[read].reset();
    }
  }
  return outputs.back();
}

at::Tensor TrainableNetwork::output(int layer, std::span<const at::Tensor> inputs, Mode mode) {
  const Layer& its = network_.plan().layers[static_cast<std::size_t>(layer)];
  const Network::LayerWeights& weights = network_.weights(layer);
  if (its.buffers.empty()) {
    return operator_of(its.kind).forward({.layer = its, .weights = weights, .inputs = inputs});
  }
  Statistics& running = statistics_.at(layer);
  const bool training = mode == Mode::training;
  if (training) running.batches += 1;
  return at::batch_norm(inputs.front(), weights.weight, weights.bias, running.mean,
                        running.variance, training, statistics_momentum, its.epsilon,
                        at::globalContext().userEnabledCuDNN());
}

std::map<std::string, at::Tensor> TrainableNetwork::state() const {
  std::map<std::string, at::Tensor> all;
  for (std::size_t k = 0; k < names_.size(); ++k) all[names_[k]] = parameters_[k].detach();
  for (const auto& [layer, running] : statistics_) {
    const std::vector<Buffer>& buffers =
        network_.plan().layers[static_cast<std::size_t>(layer)].buffers;
    all[buffers.at(0).name] = running.mean;
    all[buffers.at(1).name] = running.variance;
    all[buffers.at(2).name] = running.batches;
  }
  return all;
}

void TrainableNetwork::load(const std::map<std::string, at::Tensor>& state) {
  for (const auto& [name, mine] : this->state()) mine.copy_(state.at(name));
}

}  // namespace wrcor
