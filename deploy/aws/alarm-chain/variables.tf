variable "log_group" {
  type        = string
  description = "The log group that a trail of all regions delivers to, in this account and region"
}

variable "control" {
  type        = string
  default     = "cis-4.4"
  description = "What the alarm is about: cis-4.1 to cis-4.15, the numbers of CIS 5.0.0"

  validation {
    condition     = can(regex("^cis-4\\.([1-9]|1[0-5])$", var.control))
    error_message = "One of cis-4.1 to cis-4.15."
  }
}

variable "name" {
  type        = string
  default     = "alarms"
  description = "Of the topic that is made: trailbell-NAME"
}

variable "topic" {
  type        = string
  default     = ""
  description = "ARN of a topic that is there, and lets CloudWatch publish; empty: one is made"
}

variable "email" {
  type        = string
  default     = ""
  description = "Is asked to confirm a subscription to the topic that is made; empty: nobody is"
}
