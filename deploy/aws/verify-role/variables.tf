variable "trusted" {
  type        = string
  description = "ARN of who may assume it: trailbell's own role, or an account (arn:aws:iam::111122223333:root)"
}

variable "external_id" {
  type        = string
  default     = ""
  description = "What has to be told to assume it (--external-id); empty: nothing"
}

variable "role_name" {
  type    = string
  default = "trailbell-verify"
}
