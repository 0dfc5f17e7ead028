#include "wrcor/proxy/builtin.h"

#include "factories.h"

namespace wrcor {

const Registry<ProxyKind>& proxies() {
  using enum Direction;
  static const Registry<ProxyKind> registry = [] {
    Registry<ProxyKind> all("proxy", "proxies");
    all.add("wrcor",
            "weighted response correlation: activations and gradients, late cells weigh more",
            {higher, make_wrcor});
    all.add("rcor", "response correlation: activations and gradients, all cells alike",
            {higher, make_rcor});
    all.add("acor", "activation correlation, forward pass only", {higher, make_acor});
    all.add("gcor", "gradient correlation", {higher, make_gcor});
    all.add("naswot", "bits that two samples share in their codes of active ReLUs",
            {higher, make_naswot});
    all.add("grad_hamming", "bits that two samples share in the signs of gradients",
            {higher, make_grad_hamming});
    all.add("act_grad_hamming", "both of the former", {higher, make_act_grad_hamming});
    all.add("swap", "number of different activity patterns of ReLU units over the samples",
            {higher, make_swap});
    all.add("swap_reg", "swap, regularised by the number of parameters", {higher, make_swap_reg});
    all.add("snip", "sum of |weight times gradient|", {higher, make_snip});
    all.add("plain", "sum of weight times gradient", {lower, make_plain});
    all.add("grad_norm", "norms of the weight gradients", {higher, make_grad_norm});
    all.add("fisher", "Fisher information of the channels", {higher, make_fisher});
    all.add("grasp", "how a gradient step changes the norm of the gradient", {higher, make_grasp});
    all.add("synflow",
            "strength of all paths: an image of ones through absolute weights, without batch norm",
            {higher, make_synflow});
    all.add("synflow_bn", "the same with batch norm", {higher, make_synflow_bn});
    all.add("zico", "large and stable weight gradients over the two halves of the minibatch",
            {higher, make_zico});
    all.add("jacob_cor", "correlation between the input Jacobians of the samples, by eigenvalues",
            {higher, make_jacob_cor});
    all.add("jacob_cor_logdet", "the same by the log-determinant", {higher, make_jacob_cor_logdet});
    all.add("epe", "correlation between the input Jacobians within each class", {higher, make_epe});
    all.add("resp_sens", "mean size of the input Jacobian", {higher, make_resp_sens});
    all.add("dyn_isometry", "singular values of the input-output Jacobian near 1; slow",
            {higher, make_dyn_isometry});
    all.add("layerwise_dyn_isometry", "minus the distances of the layers from an isometry",
            {lower, make_layerwise_dyn_isometry});
    all.add("l2_norm", "norms of the weights", {higher, make_l2_norm});
    all.add("bundle_entropy",
            "samples of different classes that collapse to one feature; seldom tells anything",
            {higher, make_bundle_entropy});
    all.add("feature_distance",
            "distance between classes over distance within them, of the last features",
            {lower, make_feature_distance});
    all.add("meco", "smallest eigenvalues of channel correlations, one image", {higher, make_meco});
    all.add("meco_opt", "the same over 8 random channels of each tensor", {higher, make_meco_opt});
    all.add("az_expressivity", "AZ-NAS: entropy of the feature spectra",
            {higher, make_az_expressivity});
    all.add("az_progressivity", "AZ-NAS: smallest growth of that entropy by a block",
            {higher, make_az_progressivity});
    all.add("az_trainability", "AZ-NAS: how well blocks keep the norm of a random gradient",
            {higher, make_az_trainability});
    all.add("az_complexity", "AZ-NAS: flops", {higher, make_flops});
    all.add("phi", "how far noise moves the features, without batch norm", {lower, make_phi});
    all.add("phi_bn", "the same with batch norm", {higher, make_phi_bn});
    all.add("phi_with_data", "how far noise on the images moves the features, without batch norm",
            {lower, make_phi_with_data});
    all.add("phi_with_data_bn", "the same with batch norm", {higher, make_phi_with_data_bn});
    all.add("zen", "phi_bn with the scale that batch norm took away", {higher, make_zen});
    all.add("zen_with_data", "phi_with_data_bn with the scale that batch norm took away",
            {higher, make_zen_with_data});
    all.add("bt", "Barlow Twins: agreement of two noisy views, feature by feature",
            {higher, make_bt});
    all.add("params", "trainable parameters", {higher, make_params});
    all.add("flops", "multiply-accumulates for one image", {higher, make_flops});
    return all;
  }();
  return registry;
}

}  // namespace wrcor
