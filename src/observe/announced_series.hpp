// announced_series: the metrics of queues and of the objects that they announce.
#pragma once

#include "observe/metric_family.hpp"
#include "observe/metric_texts.hpp"
#include "trailbell/model/announced_status.hpp"

namespace trailbell::observe {

class announced_series {
 public:
  explicit announced_series(prometheus::Registry& registry) : registry_{registry} {}

  // Those that are there before anything happened.
  void make();
  // Numbers since the start: what is new of them is added.
  void set(const announced_status& now);

 private:
  using counter = prometheus::Counter;
  using gauge = prometheus::Gauge;

  void set_queue(const queue_status& now, const queue_status& before);
  void set_objects(const announced_status& now);
  void set_reconcile(const reconcile_status& now, const reconcile_status& before);

  prometheus::Registry& registry_;
  metric_family<counter> objects_{registry_, metric_texts::s3_objects};
  metric_family<counter> get_failures_{registry_, metric_texts::s3_get_failures};
  metric_family<counter> get_bytes_{registry_, metric_texts::s3_get_bytes};
  metric_family<prometheus::Histogram> get_seconds_{registry_, metric_texts::s3_get_seconds};
  metric_family<gauge> lag_{registry_, metric_texts::s3_lag};
  metric_family<counter> listed_{registry_, metric_texts::reconcile_objects};
  metric_family<counter> rounds_{registry_, metric_texts::reconcile_rounds};
  metric_family<gauge> reconcile_lag_{registry_, metric_texts::reconcile_lag};
  metric_family<gauge> under_way_{registry_, metric_texts::reconcile_under_way};
  metric_family<gauge> remembered_{registry_, metric_texts::reconcile_remembered};
  metric_family<counter> notices_{registry_, metric_texts::sqs_notices};
  metric_family<counter> received_{registry_, metric_texts::sqs_received};
  metric_family<counter> redelivered_{registry_, metric_texts::sqs_redelivered};
  metric_family<counter> deleted_{registry_, metric_texts::sqs_deleted};
  metric_family<counter> extended_{registry_, metric_texts::sqs_extended};
  metric_family<counter> released_{registry_, metric_texts::sqs_released};
  metric_family<counter> lost_{registry_, metric_texts::sqs_lost};
  metric_family<gauge> in_flight_{registry_, metric_texts::sqs_in_flight};
  metric_family<gauge> oldest_{registry_, metric_texts::sqs_oldest};
  metric_family<gauge> receive_count_{registry_, metric_texts::sqs_receive_count};
  metric_family<gauge> waiting_{registry_, metric_texts::sqs_waiting};
  announced_status before_;
};

}  // namespace trailbell::observe
