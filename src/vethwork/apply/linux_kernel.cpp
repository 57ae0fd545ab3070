#include <vethwork/apply/linux_kernel.hpp>

#include <vethwork/apply/encode.hpp>
#include <vethwork/apply/namespace.hpp>

namespace vethwork::apply {

namespace {

/// Whether a name that is known may stand for another link or namespace afterwards. A new link takes no name
/// that is known.
bool changes_names(plan::Operation const& operation) {
    if (auto const* const change = std::get_if<plan::ChangeLink>(&operation))
        return change->changes.new_name || change->changes.netns || change->group;
    return std::holds_alternative<plan::DeleteLink>(operation) ||
           std::holds_alternative<plan::DeleteNamespace>(operation);
}

}  // namespace

Result<> LinuxKernel::perform(plan::Operation const& operation) {
    if (goes_to_files(operation)) {
        if (changes_names(operation)) resolver_.forget();
        return carry_out_any(operation);
    }
    auto message = TRY(encode_any(operation, resolver_));
    auto done = connection_->request(std::move(message));
    if (changes_names(operation)) resolver_.forget();
    resolver_.close_namespaces();
    if (!done) return attempted(std::move(done).error(), operation);
    return {};
}

std::vector<Result<>> LinuxKernel::perform_all(std::span<plan::Operation const> operations) {
    std::vector<Result<>> outcomes(operations.size());
    std::vector<netlink::MessageWriter> waiting;
    std::vector<std::size_t> places;
    auto const flush = [&] {
        auto sent = connection_->transact(waiting);
        for (std::size_t i = 0; i < sent.size(); ++i) {
            auto& outcome = outcomes[places[i]] = std::move(sent[i]);
            if (!outcome) outcome = attempted(std::move(outcome).error(), operations[places[i]]);
        }
        waiting.clear();
        places.clear();
    };
    for (std::size_t i = 0; i < operations.size(); ++i) {
        if (goes_to_files(operations[i])) {
            flush();
            if (changes_names(operations[i])) resolver_.forget();
            outcomes[i] = carry_out_any(operations[i]);
            continue;
        }
        auto message = encode_any(operations[i], resolver_);
        if (!message && !waiting.empty()) {
            // The link it speaks of may be one that still waits to be made.
            flush();
            message = encode_any(operations[i], resolver_);
        }
        if (!message) {
            outcomes[i] = std::move(message).error();
            continue;
        }
        waiting.push_back(std::move(*message));
        places.push_back(i);
        if (changes_names(operations[i])) {
            flush();
            resolver_.forget();
        }
    }
    if (!waiting.empty()) flush();
    resolver_.close_namespaces();
    return outcomes;
}

}  // namespace vethwork::apply
