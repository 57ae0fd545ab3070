#include <vethwork/diagnose/matrix.hpp>

#include <poll.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>

#include <fmt/format.h>

#include <vethwork/diagnose/why.hpp>

namespace vethwork::diagnose {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

Flow flow_between(Matrix const& matrix, MatrixPair const& pair) {
    return {.from = matrix.nodes[pair.from].netns,
            .destination = matrix.nodes[pair.to].address,
            .source = {},
            .protocol = matrix.protocol.protocol,
            .port = matrix.protocol.port};
}

std::string cause_word(Diagnosis const& diagnosis) {
    return diagnosis.cause ? diagnosis.cause->cause : "unknown";
}

/// One probe for each pair; so many at once that no descriptor is wanting.
class Sweep {
public:
    Sweep(Sites& sites, Matrix& matrix, MatrixOptions const& options)
        : sites_(&sites), matrix_(&matrix), options_(&options) {}

    void run() {
        while (next_ < matrix_->pairs.size() || !flights_.empty()) {
            while (next_ < matrix_->pairs.size() && flights_.size() < options_->probes_at_once) launch();
            wait();
            land();
            if (options_->progress) options_->progress(next_ - flights_.size(), matrix_->pairs.size());
        }
    }

private:
    struct Flight {
        std::size_t pair;
        Probe probe;
        Clock::time_point until;
    };

    void launch() {
        auto const& pair = matrix_->pairs[next_];
        (void)sites_->find(matrix_->nodes[pair.from].netns)->enter();
        auto& flight = flights_.emplace_back(
            Flight{next_++, Probe(flow_between(*matrix_, pair), 56), Clock::now() + options_->patience});
        flight.probe.send();
    }

    void wait() {
        std::vector<pollfd> waiting;
        auto first = Clock::time_point::max();
        short const events = matrix_->protocol.protocol == Protocol::tcp ? POLLOUT : POLLIN;
        for (auto const& flight : flights_) {
            if (flight.probe.all_settled()) return;
            first = std::min(first, flight.until);
            for (int const fd : flight.probe.fds()) waiting.push_back({fd, events, 0});
        }
        auto const left = std::chrono::ceil<milliseconds>(first - Clock::now());
        (void)::poll(waiting.data(), waiting.size(), static_cast<int>(std::max(left.count(), 0L)));
    }

    void land() {
        auto const now = Clock::now();
        std::erase_if(flights_, [&](Flight& flight) {
            (void)flight.probe.collect();
            auto const& attempt = flight.probe.attempts().front();
            if (attempt.answer == Answer::none) return now >= flight.until;
            if (attempt.answer == Answer::good) {
                auto& pair = matrix_->pairs[flight.pair];
                pair.verdict = Verdict::reachable;
                pair.round_trip_ms = static_cast<double>(attempt.answered_at - attempt.sent_at) / 1e6;
            }
            return true;
        });
    }

    Sites* sites_;
    Matrix* matrix_;
    MatrixOptions const* options_;
    std::size_t next_ = 0;
    std::vector<Flight> flights_;
};

/// Asks why for each pair that the sweep left open: threads, each with namespaces of its own to look at.
class Inquiry {
public:
    Inquiry(Sites& sites, Matrix& matrix, MatrixOptions const& options)
        : sites_(&sites), matrix_(&matrix), options_(&options) {
        for (std::size_t i = 0; i < matrix.pairs.size(); ++i)
            if (matrix.pairs[i].verdict != Verdict::reachable) open_.push_back(i);
        answers_.resize(open_.size());
    }

    void run() {
        auto const wanted = std::min<std::size_t>(options_->questions_at_once, open_.size());
        std::vector<std::thread> workers;
        try {
            while (workers.size() < wanted) workers.emplace_back([this] { work(); });
        } catch (std::system_error const&) {
            // As many as there may be.
        }
        if (workers.empty()) work();
        report_progress(workers.empty() ? 1 : workers.size());
        for (auto& worker : workers) worker.join();
        for (std::size_t i = 0; i < open_.size(); ++i) take(matrix_->pairs[open_[i]], answers_[i]);
    }

private:
    void work() {
        auto own = sites_->again();
        for (std::size_t at; (at = next_.fetch_add(1)) < open_.size(); ++done_)
            if (auto answer = why(own, flow_between(*matrix_, matrix_->pairs[open_[at]]), options_->why))
                answers_[at] = std::move(*answer);
        std::lock_guard const lock(mutex_);
        ++ended_;
        changed_.notify_one();
    }

    void report_progress(std::size_t threads) {
        auto const all = matrix_->pairs.size();
        std::unique_lock lock(mutex_);
        while (!changed_.wait_for(lock, milliseconds(100), [&] { return ended_ == threads; }))
            if (options_->progress) options_->progress(all - open_.size() + done_, all);
    }

    void take(MatrixPair& pair, std::optional<Diagnosis> const& answer) {
        if (answer && answer->verdict == Verdict::reachable) {
            pair.verdict = Verdict::reachable;
            pair.round_trip_ms = answer->round_trip_ms;
            return;
        }
        auto const diagnosis = answer.value_or(Diagnosis{});
        pair.verdict = diagnosis.verdict;
        pair.cause = cause_word(diagnosis);
        pair.explanation = explain(matrix_->explanations, diagnosis);
    }

    Sites* sites_;
    Matrix* matrix_;
    MatrixOptions const* options_;
    std::vector<std::size_t> open_;
    std::vector<std::optional<Diagnosis>> answers_;
    std::atomic<std::size_t> next_ = 0, done_ = 0;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t ended_ = 0;  ///< threads, under the mutex
};

}  // namespace

MatrixPair const* Matrix::pair(std::size_t from, std::size_t to) const {
    if (from == to) return nullptr;
    return &pairs[from * (nodes.size() - 1) + to - (to > from ? 1 : 0)];
}

bool Matrix::all_reached() const {
    return std::ranges::all_of(pairs, [](auto const& one) { return one.verdict == Verdict::reachable; });
}

std::size_t explain(std::vector<Explanation>& explanations, Diagnosis const& diagnosis) {
    Explanation one{.verdict = diagnosis.verdict};
    if (diagnosis.cause) {
        one.netns = diagnosis.cause->netns;
        one.what = diagnosis.cause->what;
        one.repair = diagnosis.cause->repair;
    }
    auto found = std::ranges::find_if(explanations, [&one](Explanation const& other) {
        bool const same = one.repair.empty() ? other.what == one.what : other.repair == one.repair;
        return same && other.verdict == one.verdict && other.netns == one.netns;
    });
    if (found == explanations.end()) found = explanations.insert(explanations.end(), std::move(one));
    auto const cause = cause_word(diagnosis);
    if (std::ranges::find(found->causes, cause) == found->causes.end()) found->causes.push_back(cause);
    ++found->pairs;
    return static_cast<std::size_t>(found - explanations.begin());
}

Result<Matrix> matrix(Sites& sites, std::vector<MatrixNode> nodes, MatrixOptions const& options) {
    auto const begin = Clock::now();
    for (auto const& node : nodes)
        if (!sites.find(node.netns))
            return lookup_error(fmt::format("there is no namespace \"{}\"", node.netns));
    Matrix matrix{.protocol = options.protocol, .nodes = std::move(nodes)};
    for (std::size_t from = 0; from < matrix.nodes.size(); ++from)
        for (std::size_t to = 0; to < matrix.nodes.size(); ++to)
            if (from != to) matrix.pairs.push_back({.from = from, .to = to});
    Sweep(sites, matrix, options).run();
    Inquiry(sites, matrix, options).run();
    matrix.elapsed_ms = std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
    return matrix;
}

}  // namespace vethwork::diagnose
