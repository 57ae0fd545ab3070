// Who reaches whom: every pair of nodes, each way. A cheap probe for all of them, and the whole question why
// only for those that it does not settle.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <vethwork/diagnose/diagnosis.hpp>
#include <vethwork/diagnose/experiment.hpp>
#include <vethwork/diagnose/site.hpp>

namespace vethwork::diagnose {

struct MatrixNode {
    std::string netns;
    IpAddress address;  ///< at which the others ask for it
};

/// What is wrong, once for all pairs that it keeps apart.
struct Explanation {
    Verdict verdict = Verdict::undecided;
    std::vector<std::string> causes;  ///< a word for each way that suffers
    std::string netns, what;          ///< empty where nothing was found
    std::vector<Action> repair;
    unsigned pairs = 0;
};

struct MatrixPair {
    std::size_t from = 0, to = 0;  ///< among the nodes
    Verdict verdict = Verdict::undecided;
    double round_trip_ms = 0;
    std::string cause;  ///< one word; "unknown" where nothing was found; empty where it is reached
    std::optional<std::size_t> explanation;  ///< nothing where it is reached
};

struct Matrix {
    ProtocolAndPort protocol;
    std::vector<MatrixNode> nodes;
    std::vector<MatrixPair> pairs;  ///< by sender, then by receiver
    std::vector<Explanation> explanations;
    double elapsed_ms = 0;

    /// Null for a node and itself.
    [[nodiscard]] MatrixPair const* pair(std::size_t from, std::size_t to) const;
    [[nodiscard]] bool all_reached() const;
};

struct MatrixOptions {
    ProtocolAndPort protocol;
    std::size_t probes_at_once = 256;         ///< each holds a descriptor
    std::chrono::milliseconds patience{300};  ///< of the cheap probe
    unsigned questions_at_once = 8;           ///< threads
    ExperimentOptions why;
    std::function<void(std::size_t done, std::size_t of)>
        progress;  ///< pairs; from time to time, this thread
};

/// This thread is in another network namespace afterwards. Errors: a namespace of the nodes is not there.
[[nodiscard]] Result<Matrix> matrix(Sites& sites, std::vector<MatrixNode> nodes,
                                    MatrixOptions const& options);

/// Puts a diagnosis among the explanations, with those that say the same or are mended by the same. Gives its
/// place. Pure.
[[nodiscard]] std::size_t explain(std::vector<Explanation>& explanations, Diagnosis const& diagnosis);

}  // namespace vethwork::diagnose
